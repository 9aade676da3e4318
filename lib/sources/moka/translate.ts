import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, text, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { hasLeft, type FetchedEmployee } from "./fetch.ts";
import type { CandidateEvent } from "./split.ts";

/** Moka's employee, and its candidate who was handed over to HR → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const fetched = event.payload as FetchedEmployee;
  return interpret(
    event,
    {
      "people.1.1": () => whereEmployed(fetched, (fields) => joiner(fields), context),
      "people.1.2": () => [leaving(fetched)],
      "people.1.3": () => whereEmployed(fetched, (fields) => mover(fields), context),
      pushCandidate: () => [joiner(candidate(event, context))],
    },
    eventTypes,
  );
}

function whereEmployed(
  fetched: FetchedEmployee,
  change: (fields: Encoded[]) => Change,
  context: TranslationContext,
): Change[] {
  const { employee, isNotShown } = fetched;
  if (isNotShown) throw new InboundError("malformed", "person-not-shown", { path: "data.list" });
  if (!employee) {
    throw new InboundError("malformed", "api-key-missing", {
      hint: "store apiKey, entCode, userName and privateKey in the secret of moka",
    });
  }
  return [
    hasLeft(employee)
      ? leaving(fetched)
      : change([...profile(fetched, context), ...unlessOpen(access(fetched))]),
  ];
}

/** The last day is Moka's, where it was asked. */
function leaving({ employeeId, employee }: FetchedEmployee): Change {
  const lastDay = employee && calendarDay(at({ employee }, "employee.leave_date"));
  return leaver({ value: employeeId, path: "employeeId" }, { lastDay });
}

/** An employee who is on trial, or still to come, has an account. */
export function access(fetched: FetchedEmployee): Encoded {
  return status(first(at(fetched, "employee.employee_status_id"), at(fetched, "employee.employee_status")), {
    1: "Activated",
    3: "Activated",
    4: "Activated",
    在职: "Activated",
    试用: "Activated",
    待入职: "Activated",
  });
}

function profile(fetched: FetchedEmployee, { region, ...context }: TranslationContext): Encoded[] {
  const read = (name: string) => at(fetched, `employee.${name}`);
  return [
    externalId(at(fetched, "employeeId")),
    email(first(read("office_email"), read("personal_email"))),
    // Moka's documentation names the country's code in both ways.
    phone(read("telephone"), region, first(read("telephone_country_code"), read("telephone_county_code"))),
    fullName({ full: read("realname") }),
    text("nickname", read("nickname")),
    gender(read("gender")),
    birthdate(read("birthday")),
    ...departments(read("department_id"), context.departments),
    ...customData(fetched, context.customData),
  ];
}

/** The contact data of a candidate is their own, not the company's. */
function candidate({ subject, payload }: SourceEvent, { region, ...context }: TranslationContext): Encoded[] {
  const said = payload as CandidateEvent;
  const read = (name: string) => at(said, `data.${name}`);
  return [
    externalId({ value: subject, path: "data.candidateId" }),
    email(read("email")),
    phone(read("phone"), region),
    fullName({ full: read("name") }),
    gender(read("gender")),
    birthdate(read("birthDate")),
    ...departments(read("job.departmentCode"), context.departments),
    ...customData(said, context.customData),
  ];
}
