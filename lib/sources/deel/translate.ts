import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { employeeChanged, hired, type Employment, type EmploymentWords } from "#lib/fields/employment.ts";
import { email, text, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { leaver } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, isEmpty } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { externalIds } from "./external-ids.ts";
import type { DeelEvent } from "./split.ts";

/** `hiring_status`. Who is on the way out still works there until the last day. */
const words: EmploymentWords = {
  active: "employed",
  offboarding: "employed",
  onboarding: "employed",
  "onboarding overdue": "employed",
  pending: "employed",
  inactive: "ended",
  offboarded: "ended",
  terminated: "ended",
};

/** Deel's person → Authing's person. Paths, those of custom data too, begin at the person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { person, isSimulation } = event.payload as DeelEvent;
  const leaving = () =>
    isSimulation ? [] : [leaver(at({ id: event.subject }, chosenId(context, externalIds)))];
  const present = (changes: (found: JsonObject) => Change[]) => () => {
    if (isSimulation) return [];
    if (person === undefined) throw tokenMissing();
    return changes(person);
  };
  const joining = present((found) => hired(...recordOf(found, event, context)));
  const moving = present((found) => employeeChanged(...recordOf(found, event, context)));
  return interpret(
    event,
    {
      "employee.created.contractor": joining,
      "employee.created.direct": joining,
      "employee.created.eor": joining,
      "employee.updated.direct": moving,
      "worker.v2.created": joining,
      "worker.v2.updated": moving,
      "worker.v2.deleted": leaving,
    },
    eventTypes,
  );
}

function tokenMissing(): InboundError {
  return new InboundError("malformed", "api-key-missing", {
    hint: "store apiToken in the secret of deel: its events hold ids only",
  });
}

function recordOf(
  person: JsonObject,
  { occurredAt }: SourceEvent,
  context: TranslationContext,
): [Encoded[], Employment] {
  const read = (path: string) => at(person, path);
  const id = read(chosenId(context, externalIds));
  const [given, family] = [read("first_name"), read("last_name")];
  const isInParts = !isEmpty(given.value) && !isEmpty(family.value);
  return [
    [
      requiredExternalId(id),
      email(
        first(
          read("emails[type='work'].value"),
          read("work_email"),
          read("emails[type='primary'].value"),
          read("emails[0].value"),
          read("email"),
        ),
      ),
      phone(first(read("phone"), read("phone_numbers[0].value")), context.region),
      fullName(isInParts ? { given, family } : { full: read("full_name"), given, family }),
      text("nickname", read("preferred_name")),
      birthdate(read("birth_date")),
      text("country", read("country")),
      text("province", read("state")),
      ...departments(first(read("department.id"), read("department.name")), context.departments),
      ...customData(person, context.customData),
    ],
    { id, status: read("hiring_status"), words, lastDay: read("completion_date"), occurredAt },
  ];
}
