import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { personNotShown, refuseAnother } from "#lib/source-apis/people.ts";
import { canAsk, employeePage, fetch, type KomboApiSecret } from "./fetch.ts";
import { employeeChanged, type KomboEvent } from "./split.ts";

/**
 * The employees of the integration, 200 a page, those who have left and those who were deleted included.
 * https://docs.kombo.dev/hris/v1/get-employees
 */
export const list: Listing<KomboApiSecret> = {
  hosts: fetch.hosts,
  async page(api, cursor) {
    requireKey(api);
    const { entries, next } = await employeePage(api, cursor === undefined ? {} : { cursor });
    const people = entries.flatMap((entry): ListedPerson[] => {
      const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
      return subject === undefined || !isJsonObject(entry) ? [] : [listed(subject, entry)];
    });
    return { people, ...(next !== undefined && { next }), isComplete: people.length === entries.length };
  },
  async person(api, subject) {
    requireKey(api);
    const { entries } = await employeePage(api, { ids: subject });
    // Deleted employees are shown, too: an id that matches no person may be one of another integration.
    if (entries.length === 0) throw personNotShown("data.results");
    const [entry] = entries;
    if (entries.length > 1 || !isJsonObject(entry)) throw sourceFailure("source-answer-unexpected");
    refuseAnother(subject, entry.id, "data.results[0].id");
    return listed(subject, entry);
  },
};

function requireKey({ secret }: SourceApi<KomboApiSecret>): void {
  if (!canAsk(secret)) throw credentialsMissing("apiKey and integrationId");
}

function listed(subject: string, employee: JsonObject): ListedPerson {
  return { subject, type: employeeChanged, payload: { employee } satisfies KomboEvent };
}
