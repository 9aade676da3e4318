import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn } from "#lib/source-apis/rest-api.ts";
import { canAsk, fetch, notShown, readEmployment, remote, type RemoteApiSecret } from "./fetch.ts";
import type { RemoteEvent } from "./split.ts";

/**
 * The employments of the company, 100 a page, contractors and those that have ended included. Deleted employments are not in it. A list holds less of each than Remote says of
 * one employment. https://developer.remote.com/reference/get_index_employment
 */
export const list: Listing<RemoteApiSecret> = {
  hosts: fetch.hosts,
  async page(api, page = "1") {
    requireToken(api);
    const query = { page, page_size: "100" };
    const answer = objectIn(await remote.send({ path: "/v1/employments", query }, api), remote);
    const [employments, total, pages, current] = [
      "employments",
      "total_count",
      "total_pages",
      "current_page",
    ].map((name) => at(answer, `data.${name}`).value);
    // Without the counts the last page could not be told from any other; another page than the one asked for has other people.
    if (!Array.isArray(employments) || typeof total !== "number" || typeof pages !== "number") {
      throw sourceFailure("source-answer-unexpected");
    }
    if (employments.length > 0 && readId(current) !== page) throw sourceFailure("source-answer-unexpected");
    const people = employments.flatMap((entry: unknown): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    return {
      people,
      ...(Number(page) < pages && { next: String(Number(page) + 1) }),
      total,
      isComplete: people.length === employments.length,
    };
  },
  async person(api, subject) {
    requireToken(api);
    const employment = await readEmployment(subject, api);
    if (!employment) throw notShown();
    return listed(subject, employment);
  },
};

function requireToken({ secret }: SourceApi<RemoteApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("apiToken");
}

function listed(subject: string, employment: JsonObject): ListedPerson {
  return { subject, type: "employment.details.updated", payload: { employment } satisfies RemoteEvent };
}
