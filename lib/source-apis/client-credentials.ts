import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { lifetimeSeconds, withToken } from "./access-token.ts";
import { failureOf, sourceFailure, type FailureHints, type SourceFailure } from "./failures.ts";

/** How a token is obtained with OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface ClientCredentials<Secret> {
  /** Which of the source's `hosts` has the token endpoint. Default `api`. */
  readonly host?: string;
  /** The token endpoint, e.g. `/oauth/token`, or how it is made of the secret, e.g. of a tenant's id. */
  readonly path: string | ((secret: Secret) => string);
  clientId(secret: Secret): string;
  clientSecret(secret: Secret): string;
  /** Separated by spaces, e.g. `users.read groups.read`. */
  scope?(secret: Secret): string;
  /** Auth0 and others: the API that the token is for. */
  audience?(secret: Secret): string;
  /** RFC 8707, as Logto has it: the API that the token is for. */
  resource?(secret: Secret): string;
  /** Where the client's id and secret are sent: in the header `Authorization` (default), or in the form. RFC 6749, 2.3.1. */
  readonly authentication?: "basic" | "body";
  /** The request with the token in it. Default: the header `Authorization: Bearer …` (RFC 6750). */
  authorized?(request: ApiRequest, token: string): ApiRequest;
  readonly hints?: FailureHints;
}

/** RFC 6749 only recommends `expires_in`. A token without it is taken for one of this many seconds. */
const defaultLifetimeSeconds = 300;

/** RFC 6749, 5.2: with HTTP 400, or 401 for a client that is not known. */
const meanings: Readonly<Record<string, SourceFailure>> = {
  invalid_client: "source-credentials-refused",
  unauthorized_client: "source-credentials-refused",
  invalid_grant: "source-credentials-refused",
  access_denied: "source-credentials-refused",
  invalid_scope: "source-permission-missing",
};

/**
 * The `send` of a `RestApi` whose requests carry a token of OAuth 2.0 client credentials. What the token endpoint refuses is thrown as a
 * failure of `failures.ts`.
 */
export function clientCredentials<Secret>(
  settings: ClientCredentials<Secret>,
): (request: ApiRequest, api: SourceApi<Secret>) => Promise<ApiAnswer> {
  return withToken((api) => obtainToken(settings, api), settings.authorized);
}

async function obtainToken<Secret>(settings: ClientCredentials<Secret>, api: SourceApi<Secret>) {
  const { host, path, authentication = "basic", hints } = settings;
  const [id, secret] = [settings.clientId(api.secret), settings.clientSecret(api.secret)];
  const [scope, audience] = [settings.scope?.(api.secret), settings.audience?.(api.secret)];
  const resource = settings.resource?.(api.secret);
  const answer = await api.request({
    method: "POST",
    ...(host !== undefined && { host }),
    path: typeof path === "string" ? path : path(api.secret),
    headers: authentication === "basic" ? { authorization: basic(id, secret) } : {},
    form: {
      grant_type: "client_credentials",
      ...(authentication === "body" && { client_id: id, client_secret: secret }),
      ...(scope !== undefined && { scope }),
      ...(audience !== undefined && { audience }),
      ...(resource !== undefined && { resource }),
    },
  });
  const { status, json } = answer;
  const fields = isJsonObject(json) ? json : {};
  if (status !== 200) {
    const error = typeof fields.error === "string" ? fields.error : "";
    const isRefusal = (status === 400 || status === 401) && Object.hasOwn(meanings, error);
    throw sourceFailure((isRefusal ? meanings[error] : undefined) ?? failureOf(answer), hints);
  }
  const { access_token: token, expires_in: seconds } = fields;
  if (typeof token !== "string" || token === "") throw sourceFailure("source-answer-unexpected");
  return { token, expiresInSeconds: lifetimeSeconds(seconds ?? defaultLifetimeSeconds) };
}

/** RFC 6749 wants id and secret form-encoded before they are joined: a colon in the id would move the border. */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((part) => new URLSearchParams({ "": part }).toString().slice(1));
  return `Basic ${Buffer.from(encoded.join(":")).toString("base64")}`;
}
