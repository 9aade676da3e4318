import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { employeeChanged, hired, type Employment, type EmploymentWords } from "#lib/fields/employment.ts";
import { email, text, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { leaver } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import type { JsonObject } from "#lib/payloads/body.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { GustoEvent } from "./split.ts";

/** Of `terminated`, which Gusto has in place of a status. */
const words: EmploymentWords = { false: "employed", true: "ended" };

/** Gusto's employee → Authing's person. Paths, those of custom data too, begin at the employee. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const { employee } = event.payload as GustoEvent;
  const leaving = () => [leaver({ value: event.subject, path: "uuid" })];
  const present = (changes: (found: JsonObject) => Change[]) => () => {
    if (employee === undefined) throw tokenMissing();
    return employee === null ? leaving() : changes(employee);
  };
  const joining = present((found) => hired(...recordOf(found, event, context)));
  const moving = present((found) => employeeChanged(...recordOf(found, event, context)));
  return interpret(
    event,
    {
      "employee.created": joining,
      "employee.updated": moving,
      "employee.onboarded": moving,
      "employee.marked_for_self_onboarding": moving,
      "employee.self_onboarding_completed": moving,
      // A termination is made, or withdrawn: its day is in the employee.
      "employee.terminated": moving,
      "employee.termination_cancelled": moving,
      "employee.rehired": moving,
      "employee.rehire_effective": moving,
      "employee.rehire_cancelled": moving,
      // Gusto's pages have both names.
      "employee.terminated_effective": leaving,
      "employee.termination_effective": leaving,
      "employee.deleted": leaving,
    },
    eventTypes,
  );
}

function tokenMissing(): InboundError {
  return new InboundError("malformed", "api-key-missing", {
    hint: "store accessToken in the secret of gusto: its events hold ids only",
  });
}

function recordOf(
  employee: JsonObject,
  { occurredAt }: SourceEvent,
  { region, ...context }: TranslationContext,
): [Encoded[], Employment] {
  const read = (path: string) => at(employee, path);
  const id = read("uuid");
  return [
    [
      externalId(id),
      email(first(read("work_email"), read("email"))),
      phone(read("phone"), region),
      fullName({ given: read("first_name"), middle: read("middle_initial"), family: read("last_name") }),
      text("nickname", read("preferred_first_name")),
      birthdate(read("date_of_birth")),
      ...departments(first(read("department_uuid"), read("department")), context.departments),
      ...customData(employee, context.customData),
    ],
    { id, status: read("terminated"), words, lastDay: lastDayOf(read("terminations")), occurredAt },
  ];
}

/**
 * The latest of the employee's last days; `null` where none is planned. One that was before a rehire is over, and `terminated` says so.
 *
 * A termination that names no day makes the date unreadable: it may be the one that counts.
 */
function lastDayOf({ value, path }: Read): Read {
  if (!Array.isArray(value)) return { value: undefined, path };
  const days = value.map((termination: unknown): string => {
    const day = at(termination, "effective_date").value;
    return typeof day === "string" ? day : "unreadable";
  });
  const latest = days.toSorted().at(-1);
  return { value: latest ?? null, path: `${path}.effective_date` };
}
