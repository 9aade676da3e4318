import { email, flag, status, text, url, unlessOpen, type Encoded } from "#lib/fields/encode.ts";
import { customData } from "#lib/fields/custom-data.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { Auth0Event } from "./split.ts";

/** Auth0's user → Authing's person. Users come whole. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { user, isListed = false } = event.payload as Auth0Event;
  const id = { value: event.subject, path: "user_id" };
  return interpret(
    event,
    {
      "user.created": () =>
        whereStillThere(id, user, (person) =>
          joiner([...profile(person, context), ...unlessOpen(access(person))]),
        ),
      "user.updated": () =>
        whereStillThere(id, user, (person) =>
          mover([...profile(person, context), ...(isListed ? unlessOpen(access(person)) : [access(person)])]),
        ),
      "user.deleted": () => [leaver(id)],
    },
    eventTypes,
  );
}

/** A user who was deleted before they were read has left, whatever the event says. */
function whereStillThere(
  id: Read,
  user: JsonObject | null | undefined,
  change: (user: JsonObject) => Change,
): Change[] {
  if (user === undefined) throw new InboundError("malformed", "user-missing", { path: "data.object" });
  return [user === null ? leaver(id) : change(user)];
}

function profile(user: JsonObject, { region, customData: own }: TranslationContext): Encoded[] {
  const address = email(at(user, "email"));
  const mobile = phone(at(user, "phone_number"), region);
  return [
    externalId(at(user, "user_id")),
    address,
    ...(address.fields.email === undefined ? [] : [flag("emailVerified", at(user, "email_verified"))]),
    mobile,
    ...(mobile.fields.phone === undefined ? [] : [flag("phoneVerified", at(user, "phone_verified"))]),
    text("username", at(user, "username")),
    fullName({
      full: unlessAddress(at(user, "name"), user),
      given: at(user, "given_name"),
      family: at(user, "family_name"),
    }),
    text("nickname", at(user, "nickname")),
    url("photo", at(user, "picture")),
    ...customData(user, own),
  ];
}

/** Auth0 writes the address of a user who has told no name into `name`. */
function unlessAddress(name: Read, { email: address }: JsonObject): Read {
  return name.value === address ? { ...name, value: undefined } : name;
}

/** Auth0 says `blocked` once a user has been blocked, and from then on always. Too many wrong passwords do not set it. */
function access(user: JsonObject): Encoded {
  return status(at(user, "blocked"), { true: "Suspended", false: "Activated" });
}
