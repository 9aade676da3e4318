import { at } from "#lib/fields/read.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { joining, leaving, moving, type JumpCloudEvent } from "./split.ts";

/** What of the secret is for asking JumpCloud. */
export interface JumpCloudApiSecret {
  readonly apiKey: string;
  readonly apiDomain?: string;
  readonly orgId?: string;
  readonly apiHost?: string;
}

/**
 * One user, as a list of one: an empty list says that there is none, while JumpCloud does not document what it answers about an id that
 * does not exist. https://docs.jumpcloud.com/api/1.0/index.html#operation/systemusers_list
 */
export const jumpcloud: RestPerson<JumpCloudApiSecret> = {
  send: (request, api) => {
    const { apiKey, orgId = "" } = api.secret;
    return api.request({
      ...request,
      headers: { "x-api-key": apiKey, ...(orgId !== "" && { "x-org-id": orgId }) },
    });
  },
  request: (id) => ({ path: "/api/systemusers", query: { filter: `_id:$eq:${id}`, limit: "1" } }),
  idPath: "results[0]._id",
  isUnknown: ({ status, json }) =>
    status === 200 &&
    isJsonObject(json) &&
    json.totalCount === 0 &&
    Array.isArray(json.results) &&
    json.results.length === 0,
  hints: {
    "source-credentials-refused": "store the API key of an administrator who may see every user",
    "source-host-wrong":
      "set apiDomain to the one of the organization's region, e.g. console.eu.jumpcloud.com",
  },
};

/** `undefined` where JumpCloud shows no user of this id. */
export async function readUser(id: string, api: SourceApi<JumpCloudApiSecret>): Promise<unknown> {
  const answer = await readPerson(jumpcloud, id, api);
  return answer && at(answer, "results[0]").value;
}

/**
 * Reads the user of an event, and confirms a deletion: the header that a delivery shows proves little. A key of another organization sees
 * no person, so that only the event of a deletion and an empty answer together make a leaver.
 */
export const fetch: Fetch<JumpCloudApiSecret> = {
  hosts: ({ apiDomain = "console.jumpcloud.com", apiHost }) => ({
    api: apiHost ?? hostNamed(apiDomain, { field: "apiDomain", example: "console.eu.jumpcloud.com" }),
  }),

  async read(event, api) {
    const said = event.payload as JumpCloudEvent;
    const { type } = event;
    const isJoiner = joining.has(type);
    if (said.isInVain || !(isJoiner || leaving.has(type) || moving.has(type))) return said;
    const user = await readUser(event.subject, api);
    if (leaving.has(type)) return user === undefined ? said : refuseDeparture(event, api.now());
    if (user === undefined && isJoiner) waitUntilVisible(event, api.now());
    return { ...said, user: user ?? null } satisfies JumpCloudEvent;
  },
};
