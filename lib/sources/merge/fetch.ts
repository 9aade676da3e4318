import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import { changesFrom, changesUpTo } from "#lib/source-apis/changes.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { syncTypes } from "./event-types.ts";
import { employeeEvent, type MergeEvent } from "./split.ts";

export interface MergeApiSecret {
  readonly linkedAccountId?: string;
  readonly apiKey?: string;
  readonly accountToken?: string;
  readonly apiHost?: string;
}

/** Where the employee's home is, which is an id otherwise. */
const expand = "home_location";

/** https://docs.merge.dev/hris/employees/#employees_retrieve */
export const merge: RestPerson<MergeApiSecret> = {
  send: (request, api) => {
    const { apiKey = "", accountToken = "" } = api.secret;
    const headers = { authorization: `Bearer ${apiKey}`, "x-account-token": accountToken };
    return api.request({ ...request, headers });
  },
  request: (id) => ({ path: `/api/hris/v1/employees/${encodeURIComponent(id)}`, query: { expand } }),
  idPath: "id",
  // The API's own words, in JSON: a host that is not Merge's does not know them.
  isUnknown: ({ status, json }) => status === 404 && isJsonObject(json) && json.detail === "Not found.",
  hints: {
    "source-credentials-refused": "compare apiKey and accountToken in the secret with Merge's dashboard",
    "source-host-wrong":
      "is the organization in the USA? Otherwise write its host into the secret as apiHost, e.g. https://api-eu.merge.dev",
  },
};

export const canAsk = ({ apiKey = "", accountToken = "" }: MergeApiSecret): boolean =>
  apiKey !== "" && accountToken !== "";

/**
 * A page of employees, deleted ones included.
 *
 * @param since only those that have changed since then, ISO 8601.
 */
export async function employeePage(
  api: SourceApi<MergeApiSecret>,
  { since, page }: { readonly since?: string; readonly page?: string },
): Promise<{ entries: readonly unknown[]; next: string | undefined }> {
  const query = {
    page_size: "100",
    expand,
    include_deleted_data: "true",
    ...(since !== undefined && { modified_after: since }),
    ...(page !== undefined && { cursor: page }),
  };
  const answer = objectIn(await merge.send({ path: "/api/hris/v1/employees", query }, api), merge);
  const { results, next } = answer;
  // Without `next` the last page could not be told from any other.
  if (!Array.isArray(results) || (typeof next !== "string" && next !== null)) {
    throw sourceFailure("source-answer-unexpected");
  }
  return { entries: results, next: next === null || next === "" ? undefined : next };
}

/**
 * Events of one employee hold the whole record. A sync stands for all that has changed since the list was read last, where the secret has
 * what Merge is asked with.
 */
export const fetch: Fetch<MergeApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.merge.dev" }),
  async read(event, api) {
    const said = event.payload as MergeEvent;
    if (!isForeign(event, api.secret)) return said;
    return { linkedAccount: said.linkedAccount, isForeign: true } satisfies MergeEvent;
  },
  async changedSince(event, api, cursor) {
    if (!syncTypes.has(event.type) || isForeign(event, api.secret) || !canAsk(api.secret)) return undefined;
    const { linkedAccount } = event.payload as MergeEvent;
    const readAt = new Date(api.now()).toISOString();
    const from = changesFrom(cursor, api.now());
    const { entries, next } = await employeePage(api, from);
    const events = entries.map((entry) => {
      // No person could be told who was left out.
      if (!isJsonObject(entry) || readId(entry.id) === undefined)
        throw sourceFailure("source-answer-unexpected");
      return employeeEvent("employee.changed", entry, linkedAccount, readAt);
    });
    return { events, ...changesUpTo(from, next) };
  },
};

function isForeign({ payload }: SourceEvent, { linkedAccountId = "" }: MergeApiSecret): boolean {
  return linkedAccountId !== "" && (payload as MergeEvent).linkedAccount !== linkedAccountId;
}
