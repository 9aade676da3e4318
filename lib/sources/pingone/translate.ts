import { customData } from "#lib/fields/custom-data.ts";
import { email, flag, status, text, unlessOpen, url, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { PingOneEvent } from "./split.ts";

/** PingOne's user, as its API shows them today → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const said = event.payload as PingOneEvent;
  const { isListed = false } = said;
  const setting = chosenId(context, externalIds);
  // Of a user who was deleted only the id is left: by any other the ledger knows the person.
  const gone: Read = { value: setting === "id" ? event.subject : undefined, path: setting };
  const present = (change: (user: JsonObject) => Change) => () =>
    whereHappened(said, () => {
      if (said.user) return [change(said.user)];
      throw new InboundError("malformed", "user-not-read", { path: "resources" });
    });
  return interpret(
    event,
    {
      "USER.CREATED": present((user) =>
        joiner([...profile(user, setting, context), ...unlessOpen(access(user))]),
      ),
      "USER.UPDATED": present((user) =>
        mover([
          ...profile(user, setting, context),
          ...(isListed ? unlessOpen(access(user)) : [access(user)]),
        ]),
      ),
      "USER.DELETED": () => whereHappened(said, () => [leaver(gone)]),
    },
    eventTypes,
  );
}

function whereHappened({ result }: PingOneEvent, changes: () => Change[]): Change[] {
  if (result === "SUCCESS") return changes();
  if (result === "FAILED") return [];
  throw new InboundError("malformed", "outcome-unknown", {
    path: "result.status",
    hint: "look the user up in PingOne: nothing says whether this has happened",
  });
}

function profile(
  user: JsonObject,
  setting: (typeof externalIds)[number],
  { region, customData: own }: TranslationContext,
): Encoded[] {
  const read = (name: string) => at(user, name);
  const address = email(read("email"));
  return [
    requiredExternalId(read(setting)),
    address,
    ...(address.fields.email === undefined ? [] : [flag("emailVerified", read("emailVerified"))]),
    text("username", read("username")),
    fullName({
      full: read("name.formatted"),
      given: read("name.given"),
      middle: read("name.middle"),
      family: read("name.family"),
    }),
    text("nickname", read("nickname")),
    phone(first(read("mobilePhone"), read("primaryPhone")), region),
    url("photo", read("photo.href")),
    text("locale", first(read("locale"), read("preferredLanguage"))),
    text("zoneinfo", read("timezone")),
    text("country", read("address.countryCode")),
    text("province", read("address.region")),
    text("city", read("address.locality")),
    text("streetAddress", read("address.streetAddress")),
    text("postalCode", read("address.postalCode")),
    ...customData(user, own),
  ];
}

/** `account.status` is `LOCKED` after wrong passwords, which ends by itself: it closes nothing. */
export function access(user: JsonObject): Encoded {
  const { value, path } = at(user, "enabled");
  return status({ value: value ?? "missing", path }, { true: "Activated", false: "Suspended" });
}
