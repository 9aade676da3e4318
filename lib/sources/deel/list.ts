import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { canAsk, deel, fetch, notShown, readProfile, type DeelApiSecret } from "./fetch.ts";
import type { DeelEvent } from "./split.ts";

const peopleInPage = 100;

/**
 * The people of the organization, 100 a page: employees of every kind and contractors, those who have left included. Deleted profiles are not
 * in it. https://developer.deel.com/api/reference/endpoints/people/get-people
 */
export const list: Listing<DeelApiSecret> = {
  hosts: fetch.hosts,
  async page(api, offset = "0") {
    requireToken(api);
    const query = { limit: String(peopleInPage), offset };
    const answer = objectIn(await deel.send({ path: "/rest/v2/people", query }, api), deel);
    const { data } = answer;
    const total = at(answer, "page.total_rows").value;
    // Without the count the last page could not be told from any other.
    if (!Array.isArray(data) || typeof total !== "number") throw sourceFailure("source-answer-unexpected");
    const people = data.flatMap((entry: unknown): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    const end = Number(offset) + data.length;
    return {
      people,
      ...(data.length > 0 && end < total && { next: String(end) }),
      total,
      isComplete: people.length === data.length,
    };
  },
  async person(api, subject) {
    requireToken(api);
    const person = await readProfile(subject, api);
    if (!person) throw notShown();
    return listed(subject, person);
  },
};

function requireToken({ secret }: SourceApi<DeelApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("apiToken");
}

function listed(subject: string, person: JsonObject): ListedPerson {
  return { subject, type: "worker.v2.updated", payload: { person } satisfies DeelEvent };
}
