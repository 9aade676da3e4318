import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject, type JsonObject } from "#lib/payloads/body.ts";
import { isUninteresting } from "#lib/payloads/interpret.ts";
import { lifetimeSeconds, withToken } from "#lib/source-apis/access-token.ts";
import { failureOf, sourceFailure } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseAnother, refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { listIn, objectIn, type RestApi } from "#lib/source-apis/rest-api.ts";
import { eventTypes } from "./event-types.ts";
import { created, deleted, type OneLoginEvent } from "./split.ts";

/** What of the secret is for asking OneLogin. */
export interface OneLoginApiSecret {
  readonly subdomain: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiHost?: string;
}

const hints = {
  "source-credentials-refused": "store API credentials of OneLogin with the scope Read Users",
  "source-host-wrong": "write the part before .onelogin.com into the secret as subdomain",
} as const;

export const onelogin: RestApi<OneLoginApiSecret> = { send: withToken(obtainToken), hints };

/** https://developers.onelogin.com/api-docs/2/oauth20-tokens/generate-tokens-2 */
async function obtainToken(api: SourceApi<OneLoginApiSecret>) {
  const { clientId, clientSecret } = api.secret;
  const answer = await api.request({
    method: "POST",
    path: "/auth/oauth2/v2/token",
    headers: { authorization: `client_id:${clientId}, client_secret:${clientSecret}` },
    json: { grant_type: "client_credentials" },
  });
  const { status, json } = answer;
  const { access_token: token, expires_in: seconds } = isJsonObject(json) ? json : {};
  if (status !== 200) throw sourceFailure(failureOf(answer), hints);
  if (typeof token !== "string" || token === "") throw sourceFailure("source-answer-unexpected");
  return { token, expiresInSeconds: lifetimeSeconds(seconds) };
}

/**
 * One user. `undefined` where OneLogin has none of this id: it answers 404, which every other host does too, and its list, asked for
 * this one user, is empty. https://developers.onelogin.com/api-docs/2/users/get-user
 */
export async function readUser(
  id: string,
  api: SourceApi<OneLoginApiSecret>,
): Promise<JsonObject | undefined> {
  const answer = await onelogin.send({ path: `/api/2/users/${encodeURIComponent(id)}` }, api);
  if (answer.status === 404) {
    const found = await onelogin.send({ path: "/api/2/users", query: { user_ids: id } }, api);
    if (listIn(found, onelogin).length === 0) return undefined;
    throw sourceFailure("source-answer-unexpected");
  }
  const user = objectIn(answer, onelogin);
  refuseAnother(id, user.id, "id");
  return user;
}

/**
 * Reads the user of an event, and confirms a deletion: the header that a delivery shows proves little. Only the event of a deletion and
 * OneLogin's answer together make a leaver.
 */
export const fetch: Fetch<OneLoginApiSecret> = {
  hosts: ({ subdomain, apiHost }) => ({
    api: apiHost ?? hostNamed(`${subdomain}.onelogin.com`, { field: "subdomain", example: "acme" }),
  }),

  async read(event, api) {
    const said = event.payload as OneLoginEvent;
    if (isUninteresting(event.type, eventTypes)) return said;
    const user = await readUser(event.subject, api);
    if (event.type === deleted) return user ? refuseDeparture(event, api.now()) : said;
    if (!user && event.type === created) waitUntilVisible(event, api.now());
    return { user: user ?? null } satisfies OneLoginEvent;
  },
};
