import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import { namesUser, type KeycloakEvent } from "./split.ts";

/** What of the secret is for asking Keycloak's Admin API; all of it or nothing. */
export interface KeycloakApiSecret {
  readonly serverUrl?: string;
  readonly realm?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly apiHost?: string;
  /** The proof: deliveries that only show this are confirmed. */
  readonly authorization?: string;
}

const hints = {
  "source-credentials-refused":
    "give the client's service account the role view-users of realm-management, and compare its id and secret",
  "source-host-wrong": "compare serverUrl and realm in the secret with the address of the Admin Console",
} as const;

/** The path of a server that is not at the root of its host, as `/auth` of older ones; empty for any other. */
const basePath = ({ serverUrl = "" }: KeycloakApiSecret): string =>
  (URL.parse(serverUrl)?.pathname ?? "").replace(/(?<!\/)\/+$/, "");

/** A path in the realm of the secret. `area`: of the Admin API or of the realm itself. */
export const inRealm = (
  { secret }: Pick<SourceApi<KeycloakApiSecret>, "secret">,
  area: "admin/realms" | "realms",
  path: string,
): string => `${basePath(secret)}/${area}/${encodeURIComponent(secret.realm ?? "")}${path}`;

/** https://www.keycloak.org/docs-api/latest/rest-api/index.html#_users */
export const keycloak = (api: SourceApi<KeycloakApiSecret>): RestPerson<KeycloakApiSecret> => ({
  send: clientCredentials({
    path: inRealm(api, "realms", "/protocol/openid-connect/token"),
    clientId: ({ clientId = "" }) => clientId,
    clientSecret: ({ clientSecret = "" }) => clientSecret,
    hints,
  }),
  request: (id) => ({ path: inRealm(api, "admin/realms", `/users/${encodeURIComponent(id)}`) }),
  idPath: "id",
  // A realm that does not exist is "Realm not found.".
  isUnknown: ({ status, json }) => status === 404 && isJsonObject(json) && json.error === "User not found",
  hints,
});

export const canAsk = (secret: KeycloakApiSecret): boolean =>
  [secret.serverUrl, secret.realm, secret.clientId, secret.clientSecret].every((value = "") => value !== "");

/** What needs no more than Keycloak said, where it said so in a proof that covers it. */
const departures = new Set(["admin.USER-DELETE", "access.DELETE_ACCOUNT"]);

/**
 * With credentials of the Admin API, a user is read where the event does not hold them whole. Where the deliveries only show a
 * header, everything is read, and a departure is confirmed.
 */
export const fetch: Fetch<KeycloakApiSecret> = {
  hosts({ serverUrl = "", apiHost }) {
    const origin = apiHost ?? URL.parse(serverUrl)?.origin;
    if (origin !== undefined && origin !== "null") return { api: origin };
    throw new InboundError("misconfigured", "source-host-wrong", {
      path: "serverUrl",
      hint: "write the address of Keycloak into the secret as https://id.example.com, with /auth behind it for an older server",
    });
  },

  async read(event, api) {
    const said = event.payload as KeycloakEvent;
    if (!namesUser.has(event.type) || !canAsk(api.secret)) return said;
    const isWeak = (api.secret.authorization ?? "") !== "";
    const isLeaver = departures.has(event.type);
    const isComplete = said.user !== undefined || event.type === "access.USER_DISABLED_BY_PERMANENT_LOCKOUT";
    if (!isWeak && (isLeaver || isComplete)) return said;
    const user = await readPerson(keycloak(api), event.subject, api);
    if (isLeaver) return user ? refuseDeparture(event, api.now()) : said;
    const isJoiner = event.type === "admin.USER-CREATE" || event.type === "access.REGISTER";
    if (!user && isJoiner) waitUntilVisible(event, api.now());
    return { user: user ?? null, isWhole: true } satisfies KeycloakEvent;
  },
};
