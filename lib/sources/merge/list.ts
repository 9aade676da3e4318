import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing } from "#lib/source-apis/failures.ts";
import { readPerson } from "#lib/source-apis/rest-api.ts";
import { canAsk, employeePage, fetch, merge, type MergeApiSecret } from "./fetch.ts";
import type { MergeEvent } from "./split.ts";

/**
 * The employees of the linked account, 100 a page, those who have left and those who were deleted included. What an operator has told Merge
 * to ignore is not in it.
 * https://docs.merge.dev/hris/employees/#employees_list
 */
export const list: Listing<MergeApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireKey(api);
    const { entries, next } = await employeePage(api, cursor === undefined ? {} : { page: cursor });
    const people = entries.flatMap((entry): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    return { people, ...(next !== undefined && { next }), isComplete: people.length === entries.length };
  },
  async person(api, subject) {
    requireKey(api);
    const employee = await readPerson(merge, subject, api);
    return employee && listed(subject, employee);
  },
};

function requireKey({ secret }: SourceApi<MergeApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("apiKey and accountToken");
}

/** The account is that of the token, so that nothing of the list is another one's. */
function listed(subject: string, employee: JsonObject): ListedPerson {
  return { subject, type: "employee.changed", payload: { linkedAccount: "", employee } satisfies MergeEvent };
}
