import { customData } from "#lib/fields/custom-data.ts";
import { birthdate, calendarDay } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, status, type Encoded, unlessOpen } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at, first, type Read } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import { hasLeft, type FetchedEmployee } from "./fetch.ts";

/** 薪人薪事's employee → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const employee = event.payload as FetchedEmployee;
  const present = (change: (fields: Encoded[]) => Change) => whereEmployed(employee, change, context);
  return interpret(
    event,
    {
      employee_entry: () => present((fields) => joiner(fields)),
      employee_update: () => {
        // Without credentials for the API, what has changed is unknown.
        if (employee.employee || employee.isNotShown) return present((fields) => mover(fields));
        throw new InboundError("malformed", "api-key-missing", {
          hint: "store appKey and appSecret in the secret of xinrenxinshi",
        });
      },
      employee_dismiss: () => [leaving(employee)],
      employee_delete: () => [leaving(employee)],
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
  if (isNotShown) throw new InboundError("malformed", "person-not-shown", { path: "data" });
  if (employee && hasLeft(employee)) return [leaving(fetched)];
  return [change([...profile(fetched, context), ...unlessOpen(access(fetched))])];
}

/** The last day is 薪人薪事's, where it was asked. */
function leaving(fetched: FetchedEmployee): Change {
  const lastDay = fetched.employee && calendarDay(at(fetched, "employee.dismissionDate"));
  return leaver(at(fetched, "employeeId"), { lastDay });
}

/** 2: to be hired, who has an account. */
export function access(fetched: FetchedEmployee): Encoded {
  return status(at(fetched, "employee.status"), { 0: "Activated", 2: "Activated" });
}

/** Paths are the same for what 薪人薪事 answers and, where it was not asked, what it pushed. */
function profile(
  { employeeId, employee, pushed }: FetchedEmployee,
  { region, ...context }: TranslationContext,
): Encoded[] {
  const said = { employeeId, employee: employee ?? pushed };
  const read = (name: string): Read => at(said, `employee.${name}`);
  return [
    externalId(at(said, "employeeId")),
    email(read("email")),
    phone(read("mobile"), region),
    fullName({ full: read("name") }),
    gender(read("gender")),
    birthdate(read("bornDate")),
    ...departments(first(read("departmentId"), read("fields['部门']")), context.departments),
    ...customData(said, context.customData),
  ];
}
