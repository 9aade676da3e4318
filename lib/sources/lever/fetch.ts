import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn, readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { KnownOpportunity, LeverEvent } from "./split.ts";

export interface LeverApiSecret {
  readonly apiKey?: string;
  readonly apiHost?: string;
}
type Api = SourceApi<LeverApiSecret>;
type Resource = "opportunities" | "archive_reasons";

export const canAsk = ({ apiKey = "" }: LeverApiSecret): boolean => apiKey !== "";

/** https://hire.lever.co/developer/documentation#opportunities, #archive-reasons */
const lever = (resource: Resource): RestPerson<LeverApiSecret> => ({
  send: (request, api) => {
    const authorization = `Basic ${Buffer.from(`${api.secret.apiKey}:`).toString("base64")}`;
    return api.request({ ...request, headers: { authorization } });
  },
  request: (id) => ({ path: `/v1/${resource}/${encodeURIComponent(id)}` }),
  idPath: "data.id",
  isUnknown: ({ status, json }) => status === 404 && isJsonObject(json) && json.code === "ResourceNotFound",
  hints: {
    "source-credentials-refused": "store an API key that may read opportunities and archive reasons",
    "source-host-wrong": "for the sandbox, write https://api.sandbox.lever.co into the secret as apiHost",
  },
});
const [opportunities, reasons] = [lever("opportunities"), lever("archive_reasons")];

/** 100 records, and where the next ones begin. https://hire.lever.co/developer/documentation#pagination */
export async function pageOf(
  resource: Resource,
  query: Readonly<Record<string, string>>,
  offset: string | undefined,
  api: Api,
): Promise<{ readonly records: readonly unknown[]; readonly next: string | undefined }> {
  const request = {
    path: `/v1/${resource}`,
    query: { ...query, limit: "100", ...(offset !== undefined && { offset }) },
  };
  const { data, hasNext, next } = objectIn(await opportunities.send(request, api), opportunities);
  if (!Array.isArray(data)) throw sourceFailure("source-answer-unexpected");
  if (hasNext !== true) return { records: data, next: undefined };
  // A next page that cannot be asked for would be taken for the end of the list.
  if (typeof next !== "string" || next === "") throw sourceFailure("source-answer-unexpected");
  return { records: data, next };
}

/** One opportunity; `undefined` where Lever has none of this id. */
export async function readOpportunity(id: string, api: Api): Promise<JsonObject | undefined> {
  const opportunity = (await readPerson(opportunities, id, api))?.data;
  return isJsonObject(opportunity) ? opportunity : undefined;
}

/** Nothing that an event says is signed: what counts is what Lever's API says of the opportunity. */
export const fetch: Fetch<LeverApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.lever.co" }),
  async read(event, api) {
    const said = event.payload as LeverEvent;
    const isHire = event.type === "candidateHired";
    // An opportunity that was not archived before was not hired either: most of them are candidates who are turned down.
    const isAsked = isHire || (event.type === "candidateArchiveChange" && said.fromReason !== undefined);
    if (!isAsked || !canAsk(api.secret)) return said;

    const typeBefore = isHire ? undefined : await typeOfReason(said.fromReason, api);
    if (!isHire && typeBefore !== "hired") {
      return { ...said, known: { opportunity: null, typeBefore } } satisfies LeverEvent;
    }
    const opportunity = await readOpportunity(event.subject, api);
    const typeNow = await typeOfReason(at(opportunity, "archived.reason").value, api);
    if (isHire && typeNow !== "hired") waitUntilVisible(event, api.now());
    const known: KnownOpportunity = {
      opportunity: opportunity ?? null,
      ...(typeBefore !== undefined && { typeBefore }),
      ...(typeNow !== undefined && { typeNow }),
    };
    return { ...said, known } satisfies LeverEvent;
  },
};

/** `hired` or `non-hired`; `undefined` for no reason. Lever does not delete reasons: one that it does not know is a wrong answer. */
export async function typeOfReason(archivedFor: unknown, api: Api): Promise<unknown> {
  const id = readId(archivedFor);
  if (id === undefined) return undefined;
  if (!/^[\w-]{1,64}$/.test(id)) throw sourceFailure("source-answer-unexpected");
  const answer = await readPerson(reasons, id, api);
  const type = at(answer, "data.type").value;
  if (type === undefined || type === null) throw sourceFailure("source-answer-unexpected");
  return type;
}
