import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import type { ApiAnswer, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { lifetimeSeconds, withToken } from "./access-token.ts";
import { failureOf, sourceFailure, type FailureHints } from "./failures.ts";

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
/** RFC 6749, 5.2: the account, its key or its rights are wrong, which an operator mends. */
const refusals: ReadonlySet<unknown> = new Set(["invalid_grant", "invalid_client", "unauthorized_client"]);

/** The `send` of a `RestApi` whose requests carry a token of a service account. */
export function serviceAccount<Secret>(
  settings: ServiceAccount<Secret>,
): (request: ApiRequest, api: SourceApi<Secret>) => Promise<ApiAnswer> {
  return withToken((api) => obtainToken(settings, api));
}

async function obtainToken<Secret>(settings: ServiceAccount<Secret>, api: SourceApi<Secret>) {
  const { host, path, hints } = settings;
  const answer = await api.request({
    method: "POST",
    host,
    path,
    form: {
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: statement(settings, api),
    },
  });
  const { status, json } = answer;
  const { access_token: token, expires_in: seconds, error } = isJsonObject(json) ? json : {};
  if (status !== 200) {
    const isRefusal = (status === 400 || status === 401) && refusals.has(error);
    throw sourceFailure(isRefusal ? "source-credentials-refused" : failureOf(answer), hints);
  }
  if (typeof token !== "string" || token === "") throw sourceFailure("source-answer-unexpected");
  return { token, expiresInSeconds: lifetimeSeconds(seconds) };
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
  const key = keyOf(settings, secret);
  return `${said}.${sign("sha256", Buffer.from(said), key).toString("base64url")}`;
}

/** Node's own message would quote the key. */
function keyOf<Secret>({ privateKey, hints }: ServiceAccount<Secret>, secret: Secret): KeyObject {
  try {
    // Keys that are copied out of a JSON file as text have their line breaks written out.
    const key = createPrivateKey(privateKey(secret).replaceAll(String.raw`\n`, "\n"));
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Reported below.
  }
  throw sourceFailure("source-credentials-refused", hints);
}
