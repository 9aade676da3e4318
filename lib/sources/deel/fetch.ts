import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { DeelEvent } from "./split.ts";

export interface DeelApiSecret {
  readonly apiToken?: string;
  readonly apiHost?: string;
}

/** https://developer.deel.com/api/reference/endpoints/people/get-person-by-id */
export const deel: RestPerson<DeelApiSecret> = {
  send: (request, api) =>
    api.request({ ...request, headers: { authorization: `Bearer ${api.secret.apiToken}` } }),
  request: (id) => ({ path: `/rest/v2/people/${encodeURIComponent(id)}` }),
  idPath: "data.id",
  // Deel's own errors are a list beside the request that they are about; no other host's 404 has both.
  isUnknown: ({ status, json }) =>
    status === 404 && isJsonObject(json) && Array.isArray(json.errors) && isJsonObject(json.request),
  hints: {
    "source-credentials-refused": "store a token with the scope people:read",
    "source-host-wrong":
      "for the sandbox, write https://api-sandbox.demo.deel.com into the secret as apiHost",
  },
};

export const canAsk = ({ apiToken = "" }: DeelApiSecret): boolean => apiToken !== "";

const isNew = (type: string): boolean => type.startsWith("employee.created.") || type === "worker.v2.created";
/** A deletion needs nothing that Deel could add. */
const isAskedAbout = (type: string): boolean =>
  isNew(type) || type === "employee.updated.direct" || type === "worker.v2.updated";

/**
 * `undefined` for a 404 that looks like "there is no such person". Deel documents a 404 for a wrong path only
 * (https://developer.deel.com/docs/http-statuses-1), so that it proves no departure.
 */
export async function readProfile(
  id: string,
  api: SourceApi<DeelApiSecret>,
): Promise<JsonObject | undefined> {
  const answer = await readPerson(deel, id, api);
  if (answer && !isJsonObject(answer.data)) throw sourceFailure("source-answer-unexpected");
  return answer && (answer.data as JsonObject);
}

export const notShown = () => new InboundError("malformed", "person-not-shown", { path: "data" });

/** Reads the person an event is about. Without a token an event stays as it was, and `translate` decides about it. */
export const fetch: Fetch<DeelApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://api.letsdeel.com" }),
  async read(event, api) {
    const said = event.payload as DeelEvent;
    if (said.isSimulation || !isAskedAbout(event.type) || !canAsk(api.secret)) return said;
    const person = await readProfile(event.subject, api);
    if (person) return { person } satisfies DeelEvent;
    if (isNew(event.type)) waitUntilVisible(event, api.now());
    throw notShown();
  },
};
