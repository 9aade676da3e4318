import { customData } from "#lib/fields/custom-data.ts";
import { birthdate } from "#lib/fields/date.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, type Encoded } from "#lib/fields/encode.ts";
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
import type { FetchedEmployee } from "./fetch.ts";

/** 2号人事部's employee → Authing's person. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const fetched = event.payload as FetchedEmployee;
  const joining = () => [joiner(profile(fetched, context))];
  const moving = () => [mover(profile(fetched, context))];
  const leaving = () => [leaver(at(fetched, "id"), { lastDay: fetched.lastDay })];
  return interpret(
    event,
    {
      employee_add: joining,
      employee_re_entry: joining,
      // 还原: a departure or a deletion is undone.
      employee_reduce: joining,
      employee_update: moving,
      // 转正: the end of the trial.
      employee_formal: moving,
      employee_leave: leaving,
      employee_delete: leaving,
    },
    eventTypes,
  );
}

function profile(fetched: FetchedEmployee, { region, ...context }: TranslationContext): Encoded[] {
  if (fetched.isNotShown) throw new InboundError("malformed", "person-not-shown", { path: "data" });
  if (!fetched.employee) {
    throw new InboundError("malformed", "api-key-missing", {
      hint: "store corpId, appId, appSecret and employeePath in the secret of haohr",
    });
  }
  const read = (name: string) => at(fetched, `employee.${name}`);
  return [
    externalId(at(fetched, "id")),
    email(first(read("work_email"), read("email"))),
    phone(read("mobile"), region),
    fullName({ full: read("name") }),
    gender(first(read("gender"), read("sex"))),
    birthdate(read("birthday")),
    ...departments(read("department_id"), context.departments),
    ...customData(fetched, context.customData),
  ];
}
