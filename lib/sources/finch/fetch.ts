import type { Fetch, SourceEvent } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { refuseAnother, waitUntilVisible } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import type { FinchEvent, FinchPerson } from "./split.ts";

export interface FinchApiSecret {
  readonly accessToken?: string;
  readonly connectionId?: string;
  readonly apiHost?: string;
}
type Api = SourceApi<FinchApiSecret>;

/** https://developer.tryfinch.com/api-reference/development-guides/Headers */
export const finch: RestApi<FinchApiSecret> = {
  send: (request, api) =>
    api.request({
      ...request,
      headers: { authorization: `Bearer ${api.secret.accessToken}`, "finch-api-version": "2020-09-17" },
    }),
  hints: {
    "source-credentials-refused":
      "store the access token of the connection, with the products directory, individual and employment; has the employer to authenticate anew?",
  },
};

export const canAsk = ({ accessToken = "" }: FinchApiSecret): boolean => accessToken !== "";

/** Events of these are answered with what is known of the individual today. */
const askedAbout = /^(?:(?:directory|individual|employment)\.(?:created|updated)|employment\.deleted)$/;

/** Reads the individual an event is about, and their employment. Without a token an event stays as it was, and `translate` decides about it. */
export const fetch: Fetch<FinchApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.tryfinch.com" }),
  async read(event, api) {
    const said = event.payload as FinchEvent;
    if (isForeign(said, api.secret)) return { ...said, isForeign: true } satisfies FinchEvent;
    if (!askedAbout.test(event.type) || !canAsk(api.secret)) return said;
    const person = await readIndividual(event.subject, api);
    if (!person && isNew(event)) waitUntilVisible(event, api.now());
    return { ...said, person: person ?? null } satisfies FinchEvent;
  },
};

const isNew = ({ type }: SourceEvent): boolean => type.endsWith(".created");

function isForeign({ connectionId }: FinchEvent, { connectionId: own = "" }: FinchApiSecret): boolean {
  return own !== "" && connectionId !== undefined && connectionId !== own;
}

/** `undefined` where Finch answers that it has no individual of this id. */
export async function readIndividual(id: string, api: Api): Promise<FinchPerson | undefined> {
  const individual = await readOne("individual", id, api);
  if (!individual) return undefined;
  const employment = await readOne("employment", id, api);
  return { individual, ...(employment && { employment }) };
}

async function readOne(
  kind: "individual" | "employment",
  id: string,
  api: Api,
): Promise<JsonObject | undefined> {
  const answered = await readRecords(kind, [id], api);
  const [other] = answered.keys();
  if (other !== undefined && !answered.has(id)) refuseAnother(id, other, "individual_id");
  return recordOf(answered, id);
}

/**
 * The answers about individuals, by their ids.
 * https://developer.tryfinch.com/api-reference/organization/individual
 */
export async function readRecords(
  kind: "individual" | "employment",
  ids: readonly string[],
  api: Api,
): Promise<ReadonlyMap<string, JsonObject>> {
  const json = { requests: ids.map((id) => ({ individual_id: id })) };
  const answer = objectIn(await finch.send({ method: "POST", path: `/employer/${kind}`, json }, api), finch);
  const { responses } = answer;
  if (!Array.isArray(responses)) throw sourceFailure("source-answer-unexpected");
  return new Map(
    responses.flatMap((entry: unknown): [string, JsonObject][] => {
      const id = isJsonObject(entry) ? readId(entry.individual_id) : undefined;
      return id === undefined || !isJsonObject(entry) ? [] : [[id, entry]];
    }),
  );
}

/**
 * The record in an answer about this individual; `undefined` where the answer names the individual and has the code 404.
 *
 * @throws InboundError `unavailable` `source-answer-unexpected` for any other answer, and for none.
 */
export function recordOf(answered: ReadonlyMap<string, JsonObject>, id: string): JsonObject | undefined {
  const entry = answered.get(id);
  if (entry?.code === 404) return undefined;
  if (entry?.code !== 200 || !isJsonObject(entry.body)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, entry.body.id, "body.id");
  return entry.body;
}
