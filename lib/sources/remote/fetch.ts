import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { sourceFailure } from "#lib/source-apis/failures.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { aboutEmployments, offboarded, type RemoteEvent } from "./split.ts";

export interface RemoteApiSecret {
  readonly apiToken?: string;
  readonly apiHost?: string;
}

/** https://developer.remote.com/reference/get_show_employment */
export const remote: RestPerson<RemoteApiSecret> = {
  send: (request, api) =>
    api.request({ ...request, headers: { authorization: `Bearer ${api.secret.apiToken}` } }),
  request: (id) => ({ path: `/v1/employments/${encodeURIComponent(id)}` }),
  idPath: "data.employment.id",
  isUnknown: ({ status, json }) => {
    const message = isJsonObject(json) ? json.message : undefined;
    return status === 404 && typeof message === "string" && /\bnot found\b/i.test(message);
  },
  hints: {
    "source-credentials-refused": "store a token of the company that may read employments",
    "source-host-wrong":
      "for the sandbox, write https://gateway.remote-sandbox.com into the secret as apiHost",
  },
};

export const notShown = () => new InboundError("malformed", "person-not-shown", { path: "data.employment" });

export const canAsk = ({ apiToken = "" }: RemoteApiSecret): boolean => apiToken !== "";

/** `undefined` for a 404 that looks like "there is no such employment". Remote documents none, so that it proves no departure. */
export async function readEmployment(
  id: string,
  api: SourceApi<RemoteApiSecret>,
): Promise<JsonObject | undefined> {
  const answer = await readPerson(remote, id, api);
  if (answer === undefined) return undefined;
  const employment = at(answer, "data.employment").value;
  if (!isJsonObject(employment)) throw sourceFailure("source-answer-unexpected");
  return employment;
}

/** Reads the employment an event is about. Without a token an event stays as it was, and `translate` decides about it. */
export const fetch: Fetch<RemoteApiSecret> = {
  hosts: ({ apiHost }) => ({ api: apiHost ?? "https://gateway.remote.com" }),
  async read(event, api) {
    const said = event.payload as RemoteEvent;
    if (!aboutEmployments.test(event.type) || !canAsk(api.secret)) return said;
    const employment = await readEmployment(event.subject, api);
    if (employment) return { employment } satisfies RemoteEvent;
    // The event itself says that the person has left, and it is signed.
    if (event.type === offboarded) return said;
    throw notShown();
  },
};
