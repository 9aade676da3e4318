import { createPrivateKey, type KeyObject } from "node:crypto";
import type { SourceApi } from "#lib/contract/source-api.ts";
import { isJsonObject } from "#lib/payloads/body.ts";
import { lifetimeSeconds } from "./access-token.ts";
import { failureOf, sourceFailure, type FailureHints } from "./failures.ts";

// Tokens for a statement of who asks, which is signed with a key of the customer's own: RFC 7521.

/** Where such a token is obtained. */
export interface AssertionGrant {
  /** Which of the source's `hosts` has the token endpoint. Default `api`. */
  readonly host?: string;
  readonly path: string;
  readonly grantType: string;
  /** Fields of the form beside `grant_type` and `assertion`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly hints?: FailureHints | undefined;
}

/** RFC 6749, 5.2: the account, its key or its rights are wrong, which an operator mends. */
const refusals: ReadonlySet<unknown> = new Set(["invalid_grant", "invalid_client", "unauthorized_client"]);

/** @throws InboundError the failures of `failures.ts`. */
export async function tokenForAssertion<Secret>(
  { host, path, grantType, form = {}, hints }: AssertionGrant,
  assertion: string,
  api: SourceApi<Secret>,
): Promise<{ token: string; expiresInSeconds: number }> {
  const answer = await api.request({
    method: "POST",
    ...(host !== undefined && { host }),
    path,
    form: { ...form, grant_type: grantType, assertion },
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

/**
 * An RSA key in PEM, PKCS#8 or PKCS#1. Node's own message would quote the key.
 *
 * @throws InboundError `misconfigured` `source-credentials-refused` for anything else.
 */
export function rsaKey(pem: string, hints?: FailureHints): KeyObject {
  try {
    // Keys that are copied out of a JSON file as text have their line breaks written out.
    const key = createPrivateKey(pem.replaceAll(String.raw`\n`, "\n"));
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // Reported below.
  }
  throw sourceFailure("source-credentials-refused", hints);
}
