import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { employeeChanged, hired, type Employment, type EmploymentWords } from "#lib/fields/employment.ts";
import { email, text, type Encoded } from "#lib/fields/encode.ts";
import { chosenId, requiredExternalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
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
import type { FactorialEvent } from "./split.ts";

/** Of `active`, which Factorial has in place of a status. */
const words: EmploymentWords = { true: "employed", false: "ended" };

/** Factorial's employee → Authing's person. Paths, those of custom data too, begin at the employee. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { employee } = event.payload as FactorialEvent;
  const present = (changes: (...record: [Encoded[], Employment]) => Change[]) => () => {
    if (employee) return changes(...recordOf(employee, event, context));
    // Factorial shows those who have left, too: alone, an answer without the employee proves no departure.
    throw new InboundError("malformed", "person-not-shown", { path: "data" });
  };
  const gone = () => [leaver(at({ id: event.subject }, chosenId(context, externalIds)))];
  const moving = present(employeeChanged);
  return interpret(
    event,
    {
      "employees/employee/create_with_contract": present(hired),
      "employees/employee/invite": moving,
      "employees/employee/set_regular_access_start_date": moving,
      "employees/employee/update": moving,
      "employees/employee/unterminate": moving,
      "employees/employee/terminate": employee ? present(terminated) : gone,
    },
    eventTypes,
  );
}

/** A last day that is over counts here: the event says that the person has left, whether `active` has followed yet or not. */
function terminated(fields: Encoded[], employment: Employment): Change[] {
  const { status, lastDay } = employment;
  if (status.value !== true && !isEmpty(status.value)) return employeeChanged(fields, employment);
  if (isEmpty(lastDay?.value)) throw new InboundError("malformed", "data-missing", { path: "terminated_on" });
  return employeeChanged(fields, { ...employment, status: { ...status, value: null } });
}

function recordOf(
  employee: JsonObject,
  { occurredAt }: SourceEvent,
  context: TranslationContext,
): [Encoded[], Employment] {
  const read = (path: string) => at(employee, path);
  const id = read(chosenId(context, externalIds));
  const [given, family] = [read("first_name"), read("last_name")];
  const isInParts = !isEmpty(given.value) && !isEmpty(family.value);
  return [
    [
      requiredExternalId(id),
      email(first(read("login_email"), read("communications_email"), read("email"))),
      phone(read("phone_number"), context.region),
      fullName(isInParts ? { given, family } : { full: read("full_name"), given, family }),
      text("nickname", read("preferred_name")),
      gender(read("gender")),
      birthdate(read("birthday_on")),
      text("country", read("country")),
      text("province", read("state")),
      text("city", read("city")),
      text("streetAddress", read("address_line_1")),
      text("postalCode", read("postal_code")),
      ...customData(employee, context.customData),
    ],
    { id, status: read("active"), words, lastDay: read("terminated_on"), occurredAt },
  ];
}
