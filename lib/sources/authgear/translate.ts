import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, flag, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret, type Meanings } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { AuthgearEvent } from "./split.ts";

/** Authgear's user → Authing's person. Users come whole. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "payload.user.id" };
  const { user } = event.payload as AuthgearEvent;
  // An anonymous user is a visit to an app, not a person.
  const present = (change: (user: JsonObject) => Change) => (): Change[] => {
    if (user === undefined) throw new InboundError("malformed", "user-missing", { path: "payload.user" });
    const changed = change(user);
    return user.is_anonymous === true ? [] : [changed];
  };
  const joining = present((user) => joiner([...profile(user, context), ...unlessOpen(access(user))]));
  const moving = present((user) => mover([...profile(user, context), ...unlessOpen(access(user))]));
  const switchedTo = (word: "closed" | "open") =>
    present((user) => mover([...profile(user, context), switched(word), access(user)]));
  const identities: Meanings = Object.fromEntries(
    ["email", "phone", "username"].flatMap((kind) =>
      ["added", "updated", "removed", "verified", "unverified"].map((what) => [
        `identity.${kind}.${what}`,
        moving,
      ]),
    ),
  );
  return interpret(
    event,
    {
      "user.created": joining,
      "user.anonymous.promoted": joining,
      "user.profile.updated": moving,
      ...identities,
      "identity.oauth.connected": moving,
      "user.disabled": switchedTo("closed"),
      "user.reenabled": switchedTo("open"),
      // Authgear closes an account some days before it deletes it, and opens it when that is taken back.
      "user.deletion_scheduled": switchedTo("closed"),
      "user.deletion_unscheduled": switchedTo("open"),
      "user.anonymization_scheduled": switchedTo("closed"),
      "user.anonymization_unscheduled": switchedTo("open"),
      "user.deleted": () => [leaver(id)],
      "user.anonymized": () => [leaver(id)],
    },
    eventTypes,
  );
}

const switched = (value: "closed" | "open"): Encoded =>
  status({ value, path: "type" }, { closed: "Suspended", open: "Activated" });

/** Also of an event that says by its type what has happened: a flag that is not understood makes it dead. */
function access(user: JsonObject): Encoded {
  const { value = "missing", path } = at(user, "is_disabled");
  return status({ value, path }, { true: "Suspended", false: "Activated" });
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, `standard_attributes.${name}`);
  return [
    externalId(at(user, "id")),
    ...withProof(email(read("email")), "emailVerified", read("email_verified")),
    ...withProof(phone(read("phone_number"), region), "phoneVerified", read("phone_number_verified")),
    text("username", read("preferred_username")),
    fullName({
      full: read("name"),
      given: read("given_name"),
      middle: read("middle_name"),
      family: read("family_name"),
    }),
    text("nickname", read("nickname")),
    url("photo", read("picture")),
    url("profile", read("profile")),
    url("website", read("website")),
    gender(read("gender")),
    birthdate(read("birthdate")),
    text("zoneinfo", read("zoneinfo")),
    text("locale", read("locale")),
    text("formatted", read("address.formatted")),
    text("streetAddress", read("address.street_address")),
    text("city", read("address.locality")),
    text("province", read("address.region")),
    text("postalCode", read("address.postal_code")),
    text("country", read("address.country")),
    ...customData(user, context.customData),
  ];
}

/** An identifier, and whether it is verified where Authgear says so. */
function withProof(said: Encoded, field: "emailVerified" | "phoneVerified", proof: Read): Encoded[] {
  return Object.keys(said.fields).length === 0 ? [said] : [said, flag(field, proof)];
}
