import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, flag, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { FusionAuthEvent } from "./split.ts";

/** FusionAuth's user → Authing's person. Users come whole. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "event.user.id" };
  const { user } = event.payload as FusionAuthEvent;
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (!isJsonObject(user)) throw new InboundError("malformed", "user-missing", { path: "event.user" });
    return [change(user)];
  };
  const joining = present((user) => joiner([...profile(user, context), ...unlessOpen(access(user))]));
  const moving = present((user) => mover([...profile(user, context), ...unlessOpen(access(user))]));
  const switched = present((user) => mover([...profile(user, context), access(user)]));
  const leaving = () => [leaver(id)];
  return interpret(
    event,
    {
      "user.bulk.create": joining,
      "user.create": joining,
      "user.create.complete": joining,
      "user.update": moving,
      "user.update.complete": moving,
      "user.email.update": moving,
      "user.email.verified": moving,
      "user.identity.update": moving,
      "user.identity.verified": moving,
      "user.deactivate": switched,
      "user.reactivate": switched,
      "user.delete": leaving,
      "user.delete.complete": leaving,
    },
    eventTypes,
  );
}

function access(user: JsonObject): Encoded {
  const { value = "missing", path } = at(user, "active");
  return status({ value, path }, { true: "Activated", false: "Suspended" });
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const address = email(at(user, "email"));
  const isVerified = flag("emailVerified", at(user, "verified"));
  return [
    externalId(at(user, "id")),
    address,
    // Of a user without an address, `verified` is about another identifier.
    ...(address.fields.email === undefined ? [] : [isVerified]),
    phone(first(at(user, "phoneNumber"), at(user, "mobilePhone")), region),
    text("username", at(user, "username")),
    fullName({
      full: at(user, "fullName"),
      given: at(user, "firstName"),
      middle: at(user, "middleName"),
      family: at(user, "lastName"),
    }),
    url("photo", at(user, "imageUrl")),
    birthdate(at(user, "birthDate")),
    text("zoneinfo", at(user, "timezone")),
    text("locale", at(user, "preferredLanguages[0]")),
    ...customData(user, context.customData),
  ];
}
