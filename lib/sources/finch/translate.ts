import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { employeeChanged, hired, type Employment, type EmploymentWords } from "#lib/fields/employment.ts";
import { email, text, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { leaver } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { FinchEvent, FinchPerson } from "./split.ts";

/** `employment_status`, and `is_active` where a provider has no such status. A leave ends. */
const words: EmploymentWords = {
  active: "employed",
  leave: "employed",
  onboarding: "employed",
  prehire: "employed",
  true: "employed",
  deceased: "ended",
  retired: "ended",
  terminated: "ended",
  false: "ended",
};

/** Finch's individual, with their employment → Authing's person. Paths, those of custom data too, begin at both of them. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const said = event.payload as FinchEvent;
  const leaving = () => (said.isForeign ? [] : [leaver({ value: event.subject, path: "individual.id" })]);
  const present = (changes: (person: FinchPerson) => Change[]) => () => {
    if (said.isForeign) return [];
    if (said.person === undefined) throw tokenMissing();
    return said.person === null ? leaving() : changes(said.person);
  };
  const joining = present((person) => hired(...recordOf(person, event, context)));
  const moving = present((person) => employeeChanged(...recordOf(person, event, context)));
  return interpret(
    event,
    {
      "directory.created": joining,
      "directory.updated": moving,
      "directory.deleted": leaving,
      "individual.created": joining,
      "individual.updated": moving,
      "individual.deleted": leaving,
      "employment.created": moving,
      "employment.updated": moving,
      // An employment may be removed of a person who is still there.
      "employment.deleted": moving,
    },
    eventTypes,
  );
}

function tokenMissing(): InboundError {
  return new InboundError("malformed", "api-key-missing", {
    hint: "store accessToken in the secret of finch: its events hold ids only",
  });
}

function recordOf(
  person: FinchPerson,
  { occurredAt }: SourceEvent,
  { region, ...context }: TranslationContext,
): [Encoded[], Employment] {
  const read = (path: string) => at(person, path);
  const id = read("individual.id");
  return [
    [
      externalId(id),
      email(
        first(
          read("individual.emails[type='work'].data"),
          read("individual.emails[type='personal'].data"),
          read("individual.emails[0].data"),
        ),
      ),
      phone(
        first(
          read("individual.phone_numbers[type='personal'].data"),
          read("individual.phone_numbers[type='work'].data"),
          read("individual.phone_numbers[0].data"),
        ),
        region,
      ),
      fullName({
        given: read("individual.first_name"),
        middle: read("individual.middle_name"),
        family: read("individual.last_name"),
      }),
      text("nickname", read("individual.preferred_name")),
      gender(read("individual.gender")),
      birthdate(read("individual.dob")),
      text("country", read("individual.residence.country")),
      text("province", read("individual.residence.state")),
      text("city", read("individual.residence.city")),
      text("streetAddress", read("individual.residence.line1")),
      text("postalCode", read("individual.residence.postal_code")),
      ...departments(read("employment.department.name"), context.departments),
      ...customData(person, context.customData),
    ],
    {
      id,
      status: first(read("employment.employment_status"), read("employment.is_active")),
      words,
      lastDay: read("employment.end_date"),
      occurredAt,
    },
  ];
}
