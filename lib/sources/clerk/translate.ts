import { birthdate } from "#lib/fields/date.ts";
import { email, flag, status, text, url, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";

/** Clerk's user → Authing's person. Users come whole, except for deleted ones: of these only the id is left. */
export function translate(event: SourceEvent, { region }: TranslationContext): Change[] {
  const { payload: user } = event;
  return interpret(
    event,
    {
      "user.created": () => [joiner([...profile(user, region), ...unlessOpen(access(user))])],
      "user.updated": () => [mover([...profile(user, region), access(user)])],
      // Only the id is left. A user who was brought under it is known by the event's subject; for any other user it is the id that was
      // used in place of a missing `external_id`.
      "user.deleted": () => [leaver({ value: event.subject, path: "id" })],
    },
    eventTypes,
  );
}

function profile(user: unknown, region: string): Encoded[] {
  return [
    externalId(first(at(user, "external_id"), at(user, "id"))),
    ...primary(user, "email_addresses", "primary_email_address_id", (path) => {
      const encoded = email(at(user, `${path}.email_address`));
      return encoded.fields.email === undefined
        ? [encoded]
        : [encoded, flag("emailVerified", isVerified(user, path))];
    }),
    ...primary(user, "phone_numbers", "primary_phone_number_id", (path) => {
      const encoded = phone(at(user, `${path}.phone_number`), region);
      return encoded.fields.phone === undefined
        ? [encoded]
        : [encoded, flag("phoneVerified", isVerified(user, path))];
    }),
    text("username", at(user, "username")),
    fullName({ given: at(user, "first_name"), family: at(user, "last_name") }),
    url("photo", at(user, "image_url")),
    gender(at(user, "gender")),
    birthdate(at(user, "birthday")),
  ];
}

/** The one of a list that the user's record points at. */
function primary(
  user: unknown,
  list: string,
  pointer: string,
  encode: (path: string) => Encoded[],
): Encoded[] {
  const id = at(user, pointer).value;
  const { value: entries } = at(user, list);
  if (typeof id !== "string" || !Array.isArray(entries)) return [];
  const index = entries.findIndex((entry) => at(entry, "id").value === id);
  return index < 0 ? [] : encode(`${list}[${index}]`);
}

/** No verification is none that succeeded. */
function isVerified(user: unknown, path: string) {
  const verification = at(user, `${path}.verification.status`);
  return { ...verification, value: verification.value === "verified" };
}

/** `banned` is an administrator's decision. `locked` follows wrong passwords and passes by itself: it closes nothing. */
function access(user: unknown): Encoded {
  return status(at(user, "banned"), { true: "Suspended", false: "Activated" });
}
