import { InboundError } from "#lib/contract/errors.ts";
import type { Fetch } from "#lib/contract/source.ts";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { lifetimeSeconds, withToken } from "#lib/source-apis/access-token.ts";
import { failureOf, sourceFailure } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { FronteggEvent } from "./split.ts";

/** What of the secret is for asking Frontegg; both or none. */
export interface FronteggApiSecret {
  readonly clientId?: string;
  readonly apiKey?: string;
  readonly apiDomain?: string;
  readonly apiHost?: string;
}

const hints = {
  "source-credentials-refused":
    "compare clientId and apiKey with Keys & domains of the environment in Frontegg",
  "source-host-wrong": "set apiDomain to the one of the environment's region, e.g. api.us.frontegg.com",
} as const;

/** https://developers.frontegg.com/api/identity/users */
export const frontegg: RestPerson<FronteggApiSecret> = {
  send: withToken(obtainToken),
  request: (id) => ({ path: `/identity/resources/vendor-only/users/v1/${encodeURIComponent(id)}` }),
  idPath: "id",
  // Not documented: it confirms a deletion that an event states, and proves none by itself.
  isUnknown: ({ status, json }) =>
    status === 404 &&
    isJsonObject(json) &&
    Array.isArray(json.errors) &&
    json.errors.some((error) => typeof error === "string" && /^user (?:was )?not found/i.test(error)),
  hints,
};

/** A token of the environment: https://developers.frontegg.com/api/vendor/authentication */
async function obtainToken(api: SourceApi<FronteggApiSecret>) {
  const { clientId, apiKey } = api.secret;
  const answer = await api.request({
    method: "POST",
    path: "/auth/vendor/",
    json: { clientId, secret: apiKey },
  });
  const { status, json } = answer;
  const token = isJsonObject(json) ? json.token : undefined;
  if (status !== 200 || typeof token !== "string" || token === "") {
    throw sourceFailure(status === 200 ? "source-answer-unexpected" : failureOf(answer), hints);
  }
  return { token, expiresInSeconds: lifetimeSeconds(isJsonObject(json) ? json.expiresIn : undefined) };
}

export const notShown = () => new InboundError("malformed", "person-not-shown", { path: "id" });

export const canAsk = ({ clientId = "", apiKey = "" }: FronteggApiSecret): boolean =>
  clientId !== "" && apiKey !== "";

const joining = new Set(["frontegg.user.created", "frontegg.user.signedUp"]);
const leaving = "frontegg.user.deleted";
const askedAbout = new Set([
  ...joining,
  leaving,
  "frontegg.user.updated",
  "frontegg.user.activated",
  "frontegg.user.invitedToTenant",
]);

/**
 * With credentials of the environment, everything about a user is read from Frontegg, and a deletion is confirmed there: the token of a
 * delivery does not cover its body. Without them, events count as they are.
 */
export const fetch: Fetch<FronteggApiSecret> = {
  hosts: ({ apiDomain = "api.frontegg.com", apiHost }) => ({
    api: apiHost ?? hostNamed(apiDomain, { field: "apiDomain", example: "api.us.frontegg.com" }),
  }),

  async read(event, api) {
    const said = event.payload as FronteggEvent;
    if (!askedAbout.has(event.type) || !canAsk(api.secret)) return said;
    const user = await readPerson(frontegg, event.subject, api);
    if (event.type === leaving) return user ? refuseDeparture(event, api.now()) : said;
    if (user) return { user } satisfies FronteggEvent;
    if (joining.has(event.type)) waitUntilVisible(event, api.now());
    throw notShown();
  },
};
