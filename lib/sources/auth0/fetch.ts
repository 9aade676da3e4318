import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { Auth0Event } from "./split.ts";

/** What of the secret is for asking Auth0's Management API; all of it or nothing. */
export interface Auth0ApiSecret {
  readonly domain?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly apiHost?: string;
}

const hints = {
  "source-credentials-refused":
    "authorize the application for the Auth0 Management API with the permission read:users, and store its client id and secret",
  "source-host-wrong":
    "write the tenant's own domain into the secret, e.g. acme.eu.auth0.com, not a custom one",
} as const;

/** https://auth0.com/docs/api/management/v2/users/get-users-by-id */
export const auth0: RestPerson<Auth0ApiSecret> = {
  send: clientCredentials({
    path: "/oauth/token",
    clientId: ({ clientId = "" }) => clientId,
    clientSecret: ({ clientSecret = "" }) => clientSecret,
    // The Management API's own name; with a custom domain it stays the tenant's.
    audience: ({ domain = "" }) => `https://${domain}/api/v2/`,
    authentication: "body",
    hints,
  }),
  request: (id) => ({ path: `/api/v2/users/${encodeURIComponent(id)}` }),
  idPath: "user_id",
  isUnknown: ({ status, json }) =>
    status === 404 && isJsonObject(json) && json.errorCode === "inexistent_user",
  hints,
};

const askedAbout = new Set(["user.created", "user.updated", "user.deleted"]);

export const canAsk = ({ domain = "", clientId = "", clientSecret = "" }: Auth0ApiSecret): boolean =>
  domain !== "" && clientId !== "" && clientSecret !== "";

/**
 * With credentials of the Management API, everything about a user is read from Auth0, and a deletion is confirmed there: the
 * token that a delivery shows proves little. Without them, events count as they are.
 */
export const fetch: Fetch<Auth0ApiSecret> = {
  hosts: ({ domain = "", apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "acme.eu.auth0.com" }),
  }),

  async read(event, api) {
    const said = event.payload as Auth0Event;
    if (!askedAbout.has(event.type) || !canAsk(api.secret)) return said;
    const user = await readPerson(auth0, event.subject, api);
    if (event.type === "user.deleted") return user ? refuseDeparture(event, api.now()) : said;
    if (!user && event.type === "user.created") waitUntilVisible(event, api.now());
    return { user: user ?? null } satisfies Auth0Event;
  },
};
