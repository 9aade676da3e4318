import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, flag, status, text, url, type Encoded } from "#lib/fields/encode.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { leaver, mover, tellsNothing } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { SsfEvent } from "./split.ts";

/** A signal → what changes of a person that another source has brought. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "sub_id" };
  const { said } = event.payload as SsfEvent;
  const changed = (fields: (said: JsonObject) => Encoded[]) => (): Change[] => {
    if (said === undefined) throw new InboundError("malformed", "data-missing", { path: "events" });
    const change = mover(fields(said), { id, isWhole: false });
    return tellsNothing(change) ? [] : [change];
  };
  const access = status(
    { value: event.type, path: "events" },
    { "risc/account-disabled": "Suspended", "risc/account-enabled": "Activated" },
  );
  return interpret(
    event,
    {
      "risc/account-disabled": changed(() => [access]),
      "risc/account-enabled": changed(() => [access]),
      "risc/account-purged": () => [leaver(id)],
      "risc/identifier-changed": changed((signal) => [identifier(at(signal, "new-value"), context)]),
      "caep/token-claims-change": changed((signal) => claims(signal, context)),
    },
    eventTypes,
  );
}

/** The new address or number. The subject is the account, so that the old one is not needed. */
function identifier(read: Read, { region }: TranslationContext): Encoded {
  const isAddress = typeof read.value === "string" && read.value.includes("@");
  return isAddress ? email(read) : phone(read, region);
}

/** The claims that have changed, by the names of OpenID Connect. */
function claims(signal: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(signal, `claims.${name}`);
  return [
    email(read("email")),
    flag("emailVerified", read("email_verified")),
    phone(read("phone_number"), region),
    fullName({
      full: read("name"),
      given: read("given_name"),
      middle: read("middle_name"),
      family: read("family_name"),
    }),
    text("nickname", read("nickname")),
    text("preferredUsername", read("preferred_username")),
    url("photo", read("picture")),
    url("profile", read("profile")),
    url("website", read("website")),
    gender(read("gender")),
    birthdate(read("birthdate")),
    text("zoneinfo", read("zoneinfo")),
    text("locale", read("locale")),
    ...customData(signal, context.customData),
  ];
}
