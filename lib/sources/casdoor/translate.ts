import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { email, flag, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover, secondFactor } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { CasdoorEvent } from "./split.ts";

/** Casdoor's user → Authing's person. The fields come from the user as Casdoor has them today. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const id: Read = { value: event.subject, path: "object.id" };
  const { user, totpSecret, isNothing } = event.payload as CasdoorEvent;
  /** A user who is deleted has left, whatever the event says. */
  const whereStillThere = (changes: (user: JsonObject) => Change[]) => (): Change[] => {
    if (isNothing) return [];
    if (user === undefined) throw new InboundError("malformed", "user-not-read", { path: "object" });
    return user === null || user.isDeleted === true ? [leaver(id)] : changes(user);
  };
  const joining = whereStillThere((there) => [
    joiner(profile(there, context)),
    ...(totpSecret === undefined ? [] : [secondFactor(id, { value: totpSecret, path: "object.totpSecret" })]),
  ]);
  const moving = whereStillThere((there) => [mover(profile(there, context))]);
  return interpret(
    event,
    {
      "new-user": joining,
      "new-user-ldap": joining,
      "new-user-syncer": joining,
      "update-user": moving,
      "delete-user": moving,
    },
    eventTypes,
  );
}

/** Casdoor says of every user whether they may sign in. */
function access(user: JsonObject): Encoded {
  const { value = "missing", path } = at(user, "isForbidden");
  return status({ value, path }, { true: "Suspended", false: "Activated" });
}

function profile(user: JsonObject, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(user, name);
  const country = read("countryCode").value;
  const mail = read("email");
  return [
    externalId(read("id")),
    email(mail),
    ...(isEmpty(mail.value) ? [] : [flag("emailVerified", read("emailVerified"))]),
    phone(read("phone"), typeof country === "string" && /^[A-Z]{2}$/.test(country) ? country : region),
    text("username", read("name")),
    fullName({ full: read("displayName"), given: read("firstName"), family: read("lastName") }),
    url("photo", read("avatar")),
    url("website", read("homepage")),
    gender(read("gender")),
    birthdate(read("birthday")),
    text("company", read("affiliation")),
    text("locale", read("language")),
    text("country", read("region")),
    ...customData(user, context.customData),
    ...unlessOpen(access(user)),
  ];
}
