import { sign } from "node:crypto";
import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { withToken } from "./access-token.ts";
import { rsaKey, tokenForAssertion } from "./assertion-grant.ts";
import type { FailureHints } from "./failures.ts";

/** How a token is obtained by a signed statement of who asks (RFC 7523, section 2.1), as Google's service accounts do. */
export interface ServiceAccount<Secret> {
  /** Which of the source's `hosts` has the token endpoint. */
  readonly host: string;
  readonly path: string;
  /** What the statement names as its receiver: the address of the token endpoint, whatever host is asked. */
  readonly audience: string;
  issuer(secret: Secret): string;
  /** In whose name the account acts. */
  subject(secret: Secret): string;
  /** PKCS#8 in PEM, an RSA key. */
  privateKey(secret: Secret): string;
  /** Separated by spaces. */
  readonly scope: string;
  readonly hints?: FailureHints;
}

/** The longest that Google takes. */
const statementLifetimeSeconds = 3600;

/** The `send` of a `RestApi` whose requests carry a token of a service account. */
export function serviceAccount<Secret>(
  settings: ServiceAccount<Secret>,
): (request: ApiRequest, api: SourceApi<Secret>) => Promise<ApiAnswer> {
  return withToken((api) => obtainToken(settings, api));
}

async function obtainToken<Secret>(settings: ServiceAccount<Secret>, api: SourceApi<Secret>) {
  const { host, path, hints } = settings;
  return tokenForAssertion(
    { host, path, grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer", hints },
    statement(settings, api),
    api,
  );
}

function statement<Secret>(settings: ServiceAccount<Secret>, { secret, now }: SourceApi<Secret>): string {
  const issuedAt = Math.floor(now() / 1000);
  const claims = {
    iss: settings.issuer(secret),
    sub: settings.subject(secret),
    scope: settings.scope,
    aud: settings.audience,
    iat: issuedAt,
    exp: issuedAt + statementLifetimeSeconds,
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const said = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  const key = rsaKey(settings.privateKey(secret), settings.hints);
  return `${said}.${sign("sha256", Buffer.from(said), key).toString("base64url")}`;
}
