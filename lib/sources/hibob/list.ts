import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { personNotShown } from "#lib/source-apis/people.ts";
import { fetch, fieldsOf, idOf, readEmployee, search, type BobApiSecret } from "./fetch.ts";
import type { BobEvent } from "./split.ts";

/**
 * The employees of the company in one answer, the inactive ones included; Bob has no pages. Deleted employees are not in it, nor those that
 * the service user may not see. https://apidocs.hibob.com/reference/post_people-search
 */
export const list: Listing<BobApiSecret> = {
  hosts: fetch.hosts,
  async page(api) {
    const records = await search({}, api);
    const people = records.flatMap((record: unknown): ListedPerson[] => {
      const subject = idOf(record);
      return subject === undefined || !isJsonObject(record) ? [] : [listed(subject, fieldsOf(record))];
    });
    return { people, isComplete: people.length === records.length };
  },
  async person(api, subject) {
    const employee = await readEmployee(subject, api);
    if (employee) return listed(subject, employee);
    // Bob says the same of people that it has deleted and of people that the service user may not see.
    throw personNotShown("employees");
  },
};

/** Of an inactive employee only the lifecycle says whether they are on leave or gone: it opens nothing. */
function listed(subject: string, fields: JsonObject): ListedPerson {
  const isActive = plainWord(fields["internal.status"]) === "active";
  return {
    subject,
    type: "employee.updated",
    payload: { fields } satisfies BobEvent,
    ...(isActive && { isActive: true as const }),
  };
}
