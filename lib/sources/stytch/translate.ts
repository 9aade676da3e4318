import { customData } from "#lib/fields/custom-data.ts";
import { email, flag, plainWord, status, unlessOpen, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { StytchPerson } from "./split.ts";

/** Stytch's user of a consumer project, or member of an organization → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const person = event.payload as StytchPerson;
  // Only the id may be left. A person who was brought under it is known by the event's subject.
  const leaving = () => [leaver({ value: event.subject, path: "id" })];
  const present =
    (fields: (person: StytchPerson) => Encoded[], change: (all: Encoded[], open: Encoded) => Change) => () =>
      hasLeft(person) ? leaving() : [change(fields(person), access(person))];
  const joins = (all: Encoded[], open: Encoded) => joiner([...all, ...unlessOpen(open)]);
  const moves = (all: Encoded[], open: Encoded) => mover([...all, open]);
  const [user, member] = [
    (found: StytchPerson) => userFields(found, context),
    (found: StytchPerson) => memberFields(found, context),
  ];
  return interpret(
    event,
    {
      "user.create": present(user, joins),
      "user.update": present(user, moves),
      "user.delete": leaving,
      "member.create": present(member, joins),
      "member.update": present(member, moves),
      "member.delete": leaving,
    },
    eventTypes,
  );
}

function userFields(user: StytchPerson, { region, customData: own }: TranslationContext): Encoded[] {
  return [
    externalId(first(at(user, "external_id"), at(user, "user_id"))),
    ...confirmed(user, "emails", "email", "emailVerified", email),
    ...confirmed(user, "phone_numbers", "phone_number", "phoneVerified", (read) => phone(read, region)),
    fullName({
      given: at(user, "name.first_name"),
      middle: at(user, "name.middle_name"),
      family: at(user, "name.last_name"),
    }),
    ...customData(user, own),
  ];
}

function memberFields(member: StytchPerson, { region, customData: own }: TranslationContext): Encoded[] {
  return [
    externalId(first(at(member, "external_id"), at(member, "member_id"))),
    ...withFlag(email(at(member, "email_address")), "emailVerified", at(member, "email_address_verified")),
    ...withFlag(
      phone(at(member, "mfa_phone_number"), region),
      "phoneVerified",
      at(member, "mfa_phone_number_verified"),
    ),
    fullName({ full: at(member, "name") }),
    ...customData(member, own),
  ];
}

type Verified = "emailVerified" | "phoneVerified";

/** Of a list of addresses the first one that is verified, else the first one: Stytch has none that is the main one. */
function confirmed(
  user: StytchPerson,
  list: string,
  name: string,
  field: Verified,
  encode: (read: Read) => Encoded,
): Encoded[] {
  const { value: entries } = at(user, list);
  if (!Array.isArray(entries) || entries.length === 0) return [];
  const index = Math.max(
    0,
    entries.findIndex((entry) => at(entry, "verified").value === true),
  );
  return withFlag(
    encode(at(user, `${list}[${index}].${name}`)),
    field,
    at(user, `${list}[${index}].verified`),
  );
}

function withFlag(address: Encoded, field: Verified, said: Read): Encoded[] {
  return Object.keys(address.fields).length === 0 ? [address] : [address, flag(field, said)];
}

/** A deleted member is still there, and may be reactivated. */
function hasLeft({ status: said }: StytchPerson): boolean {
  return plainWord(said) === "deleted";
}

/** Who was invited or has not confirmed an address yet may sign in. A lock after wrong passwords (`is_locked`) ends by itself. */
function access(person: StytchPerson): Encoded {
  const { value, path } = at(person, "status");
  if (isEmpty(value)) throw new InboundError("malformed", "status-unknown", { path });
  return status({ value, path }, { active: "Activated", pending: "Activated", invited: "Activated" });
}
