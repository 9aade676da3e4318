import { at } from "#lib/fields/read.ts";
import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseAnother } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";

export interface PolisApiSecret {
  readonly domain?: string;
  readonly apiKey?: string;
  readonly directoryId?: string;
  readonly apiHost?: string;
}

const perPage = 50;

/** https://www.ory.com/docs/polis/directory-sync/api-reference */
const polis: RestApi<PolisApiSecret> = {
  send(request, api) {
    const { domain = "", apiKey = "", directoryId = "" } = api.secret;
    if (domain === "" || apiKey === "" || directoryId === "") {
      throw credentialsMissing("domain, apiKey and directoryId");
    }
    const { query } = request satisfies ApiRequest;
    return api.request({
      ...request,
      query: { ...query, directoryId },
      headers: { authorization: `Api-Key ${apiKey}` },
    });
  },
  hints: {
    "source-credentials-refused": "store one of the keys that Polis was started with (JACKSON_API_KEYS)",
    "source-host-wrong":
      "write the host name of Polis into the secret, e.g. sso.acme.com, and the id of the directory",
  },
};

/**
 * The users of one directory, 50 a page, deactivated ones included; only deleted ones are not in it. It has no total: it ends with an empty
 * page. https://github.com/boxyhq/jackson/blob/main/pages/api/v1/dsync/users/index.ts
 */
export const list: Listing<PolisApiSecret> = {
  hosts: ({ domain = "", apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "sso.acme.com" }),
  }),
  async page(api, cursor) {
    // How many users came before, and the last of them.
    const [count = "0", last = ""] = cursor?.split(/:(.*)/s) ?? [];
    const query = { pageOffset: count, pageLimit: String(perPage) };
    const { data: users } = objectIn(await polis.send({ path: "/api/v1/dsync/users", query }, api), polis);
    if (!Array.isArray(users)) throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user: unknown): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const newest = people.at(-1)?.subject ?? "";
    // A page that was given before would be given for ever.
    if (users.length > 0 && newest === last) throw sourceFailure("source-answer-unexpected");
    return {
      people,
      ...(users.length > 0 && { next: `${Number(count) + users.length}:${newest}` }),
      isComplete: people.length === users.length,
    };
  },
  async person(api, subject) {
    const user = await readUser(subject, api);
    return user && listed(subject, user);
  },
};

async function readUser(id: string, api: SourceApi<PolisApiSecret>): Promise<JsonObject | undefined> {
  const answer = await polis.send({ path: `/api/v1/dsync/users/${encodeURIComponent(id)}` }, api);
  // https://github.com/boxyhq/jackson/blob/main/npm/src/directory-sync/scim/Users.ts
  if (answer.status === 404 && at(answer.json, "error.message").value === "User not found") return undefined;
  const { data: user } = objectIn(answer, polis);
  if (!isJsonObject(user)) throw sourceFailure("source-answer-unexpected");
  refuseAnother(id, user.id, "data.id");
  return user;
}

function listed(subject: string, user: JsonObject): ListedPerson {
  return { subject, type: "user.updated", payload: user };
}
