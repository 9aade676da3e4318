import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { personNotShown } from "#lib/source-apis/people.ts";
import { canAsk, fetch, readEmployee, readEmployees, type FactorialApiSecret } from "./fetch.ts";
import type { FactorialEvent } from "./split.ts";

/** The employees, 100 a page, those who have left included. https://apidoc.factorialhr.com/docs/pagination */
export const list: Listing<FactorialApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireKey(api);
    const query = { limit: "100", ...(cursor !== undefined && { after_id: cursor }) };
    const answer = await readEmployees(query, api);
    const [hasNext, end, total] = ["has_next_page", "end_cursor", "total"].map(
      (name) => at(answer, `meta.${name}`).value,
    );
    // Without them the last page could not be told from any other.
    if (typeof hasNext !== "boolean") throw sourceFailure("source-answer-unexpected");
    const next = hasNext ? readId(end) : undefined;
    if (hasNext && next === undefined) throw sourceFailure("source-answer-unexpected");
    const people = answer.data.flatMap((entry): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    return {
      people,
      ...(next !== undefined && { next }),
      ...(typeof total === "number" && { total }),
      isComplete: people.length === answer.data.length,
    };
  },
  async person(api, subject) {
    requireKey(api);
    const employee = await readEmployee(subject, api);
    if (employee) return listed(subject, employee);
    throw personNotShown("data");
  },
};

function requireKey({ secret }: SourceApi<FactorialApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("apiKey");
}

function listed(subject: string, employee: JsonObject): ListedPerson {
  return { subject, type: "employees/employee/update", payload: { employee } satisfies FactorialEvent };
}
