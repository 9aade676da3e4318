import { at } from "#lib/fields/read.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Listing, ListedPerson } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, readId, type JsonObject } from "#lib/payloads/body.ts";
import { credentialsMissing, sourceFailure } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseAnother } from "#lib/source-apis/people.ts";
import { objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import type { FusionAuthEvent } from "./split.ts";

export interface FusionAuthApiSecret {
  readonly domain?: string;
  readonly apiKey?: string;
  readonly apiHost?: string;
}

const perPage = 100;
/** Without a token for the next page, FusionAuth's search goes no further. */
const mostListed = 10_000;

/** https://fusionauth.io/docs/apis/users */
const fusionauth: RestApi<FusionAuthApiSecret> = {
  send: (request, api) => api.request({ ...request, headers: { authorization: api.secret.apiKey ?? "" } }),
  hints: {
    "source-credentials-refused": "store an API key that may GET /api/user and POST /api/user/search",
    "source-host-wrong": "write the host name of FusionAuth into the secret, e.g. acme.fusionauth.io",
  },
};

/**
 * The users of the instance, 100 a page, deactivated ones included; only deleted ones are not in it. Versions that give no token for the next
 * page list 10,000 users: a longer list is never complete. https://fusionauth.io/docs/apis/users#search-for-users
 */
export const list: Listing<FusionAuthApiSecret> = {
  hosts: ({ domain = "", apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "acme.fusionauth.io" }),
  }),
  async page(api, cursor) {
    // How many users came before, and the token for the next page where there is one.
    const [count = "0", token = ""] = cursor?.split(/:(.*)/s) ?? [];
    const before = Number(count);
    const { users, total, nextResults } = await search(
      {
        queryString: "*",
        numberOfResults: perPage,
        accurateTotal: true,
        // An order that stays while users are changed.
        sortFields: [{ name: "insertInstant", order: "asc" }],
        ...(token === "" ? { startRow: before } : { nextResults: token }),
      },
      api,
    );
    // More users than are left, or the same token again, are a page that was given before.
    const isRepeated = users.length > Math.max(0, total - before) || (token !== "" && nextResults === token);
    if (isRepeated) throw sourceFailure("source-answer-unexpected");
    const people = users.flatMap((user): ListedPerson[] => {
      const subject = isJsonObject(user) ? readId(user.id) : undefined;
      return subject === undefined || !isJsonObject(user) ? [] : [listed(subject, user)];
    });
    const seen = before + users.length;
    const next = typeof nextResults === "string" ? nextResults : "";
    const hasNext = users.length > 0 && seen < total && (next !== "" || seen < mostListed);
    return {
      people,
      total,
      ...(hasNext && { next: `${seen}:${next}` }),
      isComplete: people.length === users.length && (hasNext || seen === total),
    };
  },
  async person(api, subject) {
    requireKey(api.secret);
    // Anything but a UUID could be read as another path, or as a query.
    if (!/^[\da-f-]{36}$/i.test(subject)) throw new InboundError("malformed", "id-malformed", { path: "id" });
    const answer = await fusionauth.send({ path: `/api/user/${encodeURIComponent(subject)}` }, api);
    if (answer.status === 404) {
      // FusionAuth's 404 is empty, as any host's may be: its search has to agree that there is no such user.
      const { total } = await search({ queryString: `id:${subject}`, accurateTotal: true }, api);
      if (total === 0) return undefined;
      throw sourceFailure("source-answer-unexpected");
    }
    const { user } = objectIn(answer, fusionauth);
    refuseAnother(subject, at(user, "id").value, "user.id");
    return listed(subject, user as JsonObject);
  },
};

async function search(query: JsonObject, api: SourceApi<FusionAuthApiSecret>) {
  requireKey(api.secret);
  const json = { search: query };
  const answer = objectIn(
    await fusionauth.send({ method: "POST", path: "/api/user/search", json }, api),
    fusionauth,
  );
  const { users = [], total, nextResults } = answer;
  if (!Array.isArray(users) || !Number.isSafeInteger(total)) throw sourceFailure("source-answer-unexpected");
  return { users: users as readonly unknown[], total: total as number, nextResults };
}

function requireKey({ domain = "", apiKey = "" }: FusionAuthApiSecret): void {
  if (domain === "" || apiKey === "") throw credentialsMissing("domain and apiKey");
}

function listed(subject: string, user: JsonObject): ListedPerson {
  return {
    subject,
    type: "user.update.complete",
    payload: { user } satisfies FusionAuthEvent,
    ...(user.active === true && { isActive: true as const }),
  };
}
