import type { Fetch } from "#lib/contract/source.ts";
import type { ApiAnswer } from "#lib/contract/source-api.ts";
import { at } from "#lib/fields/read.ts";
import { credentialsMissing, type FailureHints } from "#lib/source-apis/failures.ts";
import { hostNamed } from "#lib/source-apis/hosts.ts";
import { refuseDeparture, waitUntilVisible } from "#lib/source-apis/people.ts";
import { readPerson, type RestPerson } from "#lib/source-apis/rest-api.ts";
import type { KratosEvent } from "./split.ts";

export interface KratosApiSecret {
  readonly domain?: string;
  readonly apiToken?: string;
  readonly apiHost?: string;
}

const hints: FailureHints = {
  "source-credentials-refused":
    "store an API key of the Ory project, or the token that your proxy before Kratos' admin API asks for",
  "source-host-wrong": "write the host of the admin API into the secret, e.g. acme.projects.oryapis.com",
};

/** https://www.ory.com/docs/kratos/reference/api#tag/identity/operation/getIdentity */
export const kratos: RestPerson<KratosApiSecret> = {
  send(request, api) {
    if (!canAsk(api.secret)) throw credentialsMissing("domain and apiToken");
    return api.request({ ...request, headers: { authorization: `Bearer ${api.secret.apiToken}` } });
  },
  request: (id) => ({ path: `/admin/identities/${encodeURIComponent(id)}` }),
  idPath: "id",
  isUnknown: saysNotFound,
  hints,
};

/** Kratos' own words for a row that is not there: a proxy that does not know a path says "Not Found" in others. */
function saysNotFound({ status, json }: ApiAnswer): boolean {
  return (
    status === 404 &&
    at(json, "error.code").value === 404 &&
    at(json, "error.message").value === "Unable to locate the resource"
  );
}

/** Whether the secret has what the admin API is asked with. */
const canAsk = ({ domain = "", apiToken = "" }: KratosApiSecret): boolean => domain !== "" && apiToken !== "";

/** Reads the identity of an event, where the API may be asked: deliveries are not signed. TOTP secrets come from the API alone. */
export const fetch: Fetch<KratosApiSecret> = {
  hosts: ({ domain = "", apiHost }) => ({
    api: apiHost ?? hostNamed(domain, { field: "domain", example: "acme.projects.oryapis.com" }),
  }),

  async read(event, api) {
    if (event.type === "identity.totp") {
      const withTotp: RestPerson<KratosApiSecret> = {
        ...kratos,
        request: (id) => ({ ...kratos.request(id), query: { include_credential: "totp" } }),
      };
      const { value: url } = at(
        await readPerson(withTotp, event.subject, api),
        "credentials.totp.config.totp_url",
      );
      return (typeof url === "string" ? { totpUrl: url } : {}) satisfies KratosEvent;
    }
    const isAsked = /^identity\.(?:registered|updated|deleted)$/.test(event.type);
    if (!isAsked || !canAsk(api.secret)) return event.payload;
    const identity = await readPerson(kratos, event.subject, api);
    const isDeletion = event.type === "identity.deleted";
    if (!identity && !isDeletion) waitUntilVisible(event, api.now());
    if (identity && isDeletion) refuseDeparture(event, api.now());
    return { identity: identity ?? null } satisfies KratosEvent;
  },
};
