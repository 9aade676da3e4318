import type { Fetch } from "#lib/contract/source.ts";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId } from "#lib/payloads/body.ts";
import { changesFrom, changesUpTo } from "#lib/source-apis/changes.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import { employeeEvent, type KomboEvent } from "./split.ts";

export interface KomboApiSecret {
  readonly apiKey?: string;
  readonly integrationId?: string;
  readonly apiHost?: string;
}
type Api = SourceApi<KomboApiSecret>;

const kombo: RestApi<KomboApiSecret> = {
  send: (request, api) => {
    const { apiKey = "", integrationId = "" } = api.secret;
    const headers = { authorization: `Bearer ${apiKey}`, "x-integration-id": integrationId };
    return api.request({ ...request, headers });
  },
  hints: {
    "source-credentials-refused": "compare apiKey and integrationId in the secret with Kombo's dashboard",
    "source-host-wrong":
      "is the environment in the USA? Then write https://api.us.kombo.dev into the secret as apiHost",
  },
};

export const canAsk = ({ apiKey = "", integrationId = "" }: KomboApiSecret): boolean =>
  apiKey !== "" && integrationId !== "";

/** A page of employees, deleted ones included, or those that a query names. https://docs.kombo.dev/hris/v1/get-employees */
export async function employeePage(
  api: Api,
  query: ApiRequest["query"],
): Promise<{ entries: readonly unknown[]; next: string | undefined }> {
  const request = {
    path: "/v1/hris/employees",
    query: { page_size: "200", include_deleted: "true", ...query },
  };
  const answer = objectIn(await kombo.send(request, api), kombo);
  const [results, next] = [at(answer, "data.results").value, at(answer, "data.next").value];
  // Without `next` the last page could not be told from any other.
  if (answer.status !== "success" || !Array.isArray(results) || (typeof next !== "string" && next !== null)) {
    throw sourceFailure("source-answer-unexpected");
  }
  return { entries: results, next: next === null || next === "" ? undefined : next };
}

/** An event stands for all employees who have changed since the list was read last, where the secret has what Kombo is asked with. */
export const fetch: Fetch<KomboApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.kombo.dev" }),
  async read(event, api) {
    const said = event.payload as KomboEvent;
    return isForeign(said, api.secret) ? ({ ...said, isForeign: true } satisfies KomboEvent) : said;
  },
  async changedSince(event, api, cursor) {
    const said = event.payload as KomboEvent;
    const isToBeRead = event.type === "data-changed" && !said.isAboutOthers && !isForeign(said, api.secret);
    if (!isToBeRead || !canAsk(api.secret)) return undefined;
    const readAt = new Date(api.now()).toISOString();
    const from = changesFrom(cursor, api.now());
    const { entries, next } = await employeePage(api, {
      ...(from.since !== undefined && { updated_after: from.since }),
      ...(from.page !== undefined && { cursor: from.page }),
    });
    const events = entries.map((entry) => {
      const subject = isJsonObject(entry) ? readId(entry.id) : undefined;
      // No person could be told who was left out.
      if (subject === undefined || !isJsonObject(entry)) throw sourceFailure("source-answer-unexpected");
      return employeeEvent(subject, entry, readAt);
    });
    return { events, ...changesUpTo(from, next) };
  },
};

/** An event without an integration is one of the list. */
function isForeign({ integrationId }: KomboEvent, { integrationId: own = "" }: KomboApiSecret): boolean {
  return own !== "" && integrationId !== undefined && integrationId !== own;
}
