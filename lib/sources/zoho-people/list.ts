import type { ListedPerson, Listing } from "#lib/contract/source.ts";
import { plainWord } from "#lib/fields/encode.ts";
import { readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { personNotShown } from "#lib/source-apis/people.ts";
import { canAsk, entriesOf, fetch, readEmployee, recordIn, type ZohoApiSecret } from "./fetch.ts";

/**
 * The records of the form Employee that the user who made the token may see, 200 a page, until Zoho says that there are none left. It has no
 * total. https://www.zoho.com/people/api/bulk-records.html
 */
export const list: Listing<ZohoApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireCredentials(api.secret);
    // Where the page begins, and who was the first one of the page before.
    const [start = "1", firstBefore] = cursor?.split(/:(.*)/s) ?? [];
    const entries = await entriesOf({ sIndex: start, limit: "200" }, api);
    const people = entries.flatMap((entry): ListedPerson[] => {
      const record = recordIn(entry);
      const subject = readId(record?.["EmployeeID"]);
      return record === undefined || subject === undefined ? [] : [listed(subject, record)];
    });
    const first = people[0]?.subject ?? "";
    // A page that is given again would be given for ever.
    if (first !== "" && first === firstBefore) throw sourceFailure("source-answer-unexpected");
    return {
      people,
      ...(entries.length > 0 && { next: `${Number(start) + entries.length}:${first}` }),
      isComplete: people.length === entries.length,
    };
  },
  async person(api, subject) {
    requireCredentials(api.secret);
    const record = await readEmployee(subject, api);
    // Zoho says the same of an employee who is hidden from the user who made the token.
    if (!record) throw personNotShown("response.result");
    return listed(subject, record);
  },
};

function requireCredentials(secret: ZohoApiSecret): void {
  if (!canAsk(secret)) throw credentialsMissing("clientId, clientSecret and refreshToken");
}

/** A word of the company's own only `translate` knows. */
function listed(subject: string, record: JsonObject): ListedPerson {
  const isActive = plainWord(record["Employeestatus"]) === "active";
  return {
    subject,
    type: "employee-edited",
    payload: record,
    ...(isActive && { isActive: true as const }),
  };
}
