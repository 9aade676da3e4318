import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, flag, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, secondFactor } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import { settingProblems } from "#lib/fields/totp-settings.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { KratosEvent } from "./split.ts";

/** Kratos' identity → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "identity.id" };
  const { identity, totpUrl } = event.payload as KratosEvent;
  /** An identity that does not exist any more has left, whatever the event says. */
  const whereStillThere = (change: (identity: JsonObject) => Change) => (): Change[] => {
    if (identity === undefined) throw new InboundError("malformed", "user-not-read", { path: "identity" });
    return [identity === null ? leaver(id) : change(identity)];
  };
  return interpret(
    event,
    {
      "identity.registered": whereStillThere((there) => joiner(profile(there, context))),
      "identity.updated": whereStillThere((there) => mover(profile(there, context))),
      "identity.deleted": () => [leaver(id)],
      // The hook is called for an authenticator that was removed, too.
      "identity.totp": () => (totpUrl === undefined ? [] : [secondFactor(id, secretIn(totpUrl))]),
    },
    eventTypes,
  );
}

export function access(identity: JsonObject): Encoded {
  const { value = "missing", path } = at(identity, "state");
  return status({ value, path }, { active: "Activated", inactive: "Suspended" });
}

/** The secret of a key URI whose other settings are those that Authing knows. */
function secretIn(totpUrl: string): Read {
  const path = "credentials.totp.config.totp_url";
  const uri = URL.parse(totpUrl);
  const read = (name: string) => uri?.searchParams.get(name) ?? undefined;
  if (uri?.protocol !== "otpauth:") throw new InboundError("malformed", "secret-missing", { path });
  const [problem] = settingProblems({
    type: uri.host,
    algorithm: read("algorithm"),
    digits: read("digits"),
    period: read("period"),
  });
  if (problem) throw new InboundError("malformed", problem[1], { path });
  return { value: read("secret"), path };
}

/** Traits are of the operator's own schema: of each field the names that Ory's schemas and OpenID Connect give it. */
function profile(identity: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const trait = (...names: [string, ...string[]]): Read =>
    first(...(names.map((name) => at(identity, `traits.${name}`)) as [Read, ...Read[]]));
  const { value: name, path } = trait("name");
  const mail = trait("email");
  return [
    externalId(at(identity, "id")),
    email(mail),
    ...verified(identity, mail),
    phone(trait("phone", "phone_number", "phoneNumber"), region),
    text("username", trait("username", "preferred_username")),
    fullName({
      full: first({ value: typeof name === "string" ? name : undefined, path }, trait("full_name")),
      given: trait("name.first", "name.given", "first_name", "firstName", "given_name"),
      middle: trait("name.middle", "middle_name"),
      family: trait("name.last", "name.family", "last_name", "lastName", "family_name"),
    }),
    text("nickname", trait("nickname")),
    url("photo", trait("picture", "avatar")),
    url("website", trait("website")),
    gender(trait("gender")),
    birthdate(trait("birthdate", "birthday")),
    text("zoneinfo", trait("zoneinfo")),
    text("locale", trait("locale")),
    ...customData(identity, context.customData),
    ...unlessOpen(access(identity)),
  ];
}

/** Whether the address was verified, as the list of the identity's addresses says. */
function verified({ verifiable_addresses: addresses }: JsonObject, { value: mail }: Read): Encoded[] {
  if (isEmpty(mail) || typeof mail !== "string" || !Array.isArray(addresses)) return [];
  const index = addresses.findIndex(
    (address) =>
      isJsonObject(address) &&
      address.via === "email" &&
      typeof address.value === "string" &&
      address.value.toLowerCase() === mail.trim().toLowerCase(),
  );
  if (index < 0) return [];
  const { verified: value } = addresses[index] as JsonObject;
  return [flag("emailVerified", { value, path: `verifiable_addresses[${index}].verified` })];
}
