import type { Fetch } from "#lib/contract/source.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { clientCredentials } from "#lib/source-apis/client-credentials.ts";
import type { FailureHints } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { LogtoEvent } from "./split.ts";

export interface LogtoApiSecret {
  readonly domain?: string;
  readonly appId?: string;
  readonly appSecret?: string;
  readonly apiResource?: string;
  readonly apiHost?: string;
}

const hints: FailureHints = {
  "source-credentials-refused":
    "store the id and the secret of a machine-to-machine application that has a role with Logto's Management API access",
  "source-host-wrong":
    "write the domain of Logto's endpoint into the secret, e.g. acme.logto.app; a tenant with a domain of its own needs apiResource, too",
};

/** https://openapi.logto.io/operation/operation-getuser */
export const logto: RestPerson<LogtoApiSecret> = {
  send: clientCredentials<LogtoApiSecret>({
    path: "/oidc/token",
    clientId: ({ appId = "" }) => appId,
    clientSecret: ({ appSecret = "" }) => appSecret,
    scope: () => "all",
    resource: ({ domain = "", apiResource = `https://${domain}/api` }) => apiResource,
    hints,
  }),
  request: (id) => ({ path: `/api/users/${encodeURIComponent(id)}` }),
  idPath: "id",
  // https://github.com/logto-io/logto/blob/master/packages/phrases/src/locales/en/errors/entity.ts
  isUnknown: ({ status, json }) =>
    status === 404 &&
    isJsonObject(json) &&
    (json.code === "entity.not_found" || json.code === "entity.not_exists_with_id"),
  hints,
};

/** Whether the secret has what the API is asked with. */
export const canAsk = ({ domain = "", appId = "", appSecret = "" }: LogtoApiSecret): boolean =>
  domain !== "" && appId !== "" && appSecret !== "";

/** Reads the user of an event that tells only a part, where the API may be asked; most events tell the whole user. */
export const fetch: Fetch<LogtoApiSecret> = {
  hosts: ({ domain = "", apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "acme.logto.app" }),
  }),

  async read(event, api) {
    const said = event.payload as LogtoEvent;
    const isAsked = /^(?:PostRegister|User\.(?:Created|Data\.Updated|SuspensionStatus\.Updated))$/.test(
      event.type,
    );
    if (said.isWhole || !isAsked || !canAsk(api.secret)) return said;
    const user = await readPerson(logto, event.subject, api);
    return { user: user ?? null, isWhole: true } satisfies LogtoEvent;
  },
};
