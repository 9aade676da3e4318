import { customData } from "#lib/fields/custom-data.ts";
import { departments } from "#lib/fields/departments.ts";
import { email, url, type Encoded } from "#lib/fields/encode.ts";
import { externalId } from "#lib/fields/external-id.ts";
import { fullName } from "#lib/fields/name.ts";
import { joiner, leaver, mover } from "#lib/fields/person.ts";
import { phone } from "#lib/fields/phone.ts";
import { at } from "#lib/fields/read.ts";
import type { Change } from "#lib/contract/change.ts";
import type { SourceEvent, TranslationContext } from "#lib/contract/source.ts";
import { interpret } from "#lib/payloads/interpret.ts";
import { eventTypes } from "./event-types.ts";
import type { FetchedPerson } from "./fetch.ts";

/** DingTalk's person → Authing's. A person who was fetched comes whole. */
export function translate(event: SourceEvent, context: TranslationContext): Change[] {
  const person = event.payload as FetchedPerson;
  const leaving = () => [leaver(at(person, "userId"), { lastDay: person.lastDay })];
  const joining = () => (person.gone ? leaving() : [joiner(profile(person, context))]);
  const moving = () => (person.gone ? leaving() : [mover(profile(person, context), { isWhole: true })]);
  return interpret(
    event,
    {
      user_add_org: joining,
      user_modify_org: moving,
      user_leave_org: leaving,
      "hrm_mdm_user_change.1": joining,
      "hrm_mdm_user_change.2": moving,
      "hrm_mdm_user_change.3": moving,
      "hrm_mdm_user_change.4": leaving,
      "hrm_mdm_user_change.8": moving,
      hrm_user_record_change: moving,
    },
    eventTypes,
  );
}

/** https://open.dingtalk.com/document/orgapp/query-user-details. It knows neither gender nor date of birth. */
function profile(fetched: FetchedPerson, context: TranslationContext): Encoded[] {
  return [
    externalId(at(fetched, "userId")),
    email(at(fetched, "result.org_email")),
    email(at(fetched, "result.email")),
    phone(at(fetched, "result.mobile"), context.region, at(fetched, "result.state_code")),
    fullName({ full: at(fetched, "result.name") }),
    url("photo", at(fetched, "result.avatar")),
    ...departments(at(fetched, "result.dept_id_list"), context.departments),
    ...customData(fetched, context.customData),
  ];
}
