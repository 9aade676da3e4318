import * as z from "zod/mini";
import type { ProofFailure } from "#lib/contract/proof-differs.ts";
import { defineSource } from "#lib/contract/source.ts";
import { bySecret } from "#lib/proofs/by-secret.ts";
import { allOf } from "#lib/proofs/composed.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** `iss` of the tokens, and of the transmitter's metadata. */
  issuer: z.string(),
  /** `aud` of the tokens: what the transmitter calls this receiver. */
  audience: z.string(),
  /** The whole value of the header `Authorization`, where the stream was made with one (`authorization_header`). */
  authorization: z.exactOptional(z.string()),
  /** Where the transmitter's keys are, or the keys; absent: where its metadata says. */
  jwks: z.exactOptional(
    z.union([z.string(), z.object({ keys: z.array(z.record(z.string(), z.unknown())) })]),
  ),
});
type Secret = z.infer<typeof secret>;

const token = jwt<Secret>({
  name: "security-event-token",
  issuer: ({ issuer }) => issuer,
  audience: ({ audience }) => audience,
  jwks: ({ issuer, jwks }) => jwks ?? { configuration: metadataOf(issuer) },
  // RS256 is what every transmitter has to have.
  algorithms: ["RS256", "PS256", "ES256", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512", "EdDSA"],
  token: "body",
  type: "secevent+jwt",
  // Such a token tells of something that has happened: it has no end (RFC 8417, section 2.2).
  mayLackExpiry: true,
});

const withHeader = allOf<Secret>("security-event-token and authorization", [
  token,
  namedHeaders<Secret>({ headers: ({ authorization = "" }) => ({ authorization }) }),
]);

/** https://openid.net/specs/openid-sharedsignals-framework-1_0.html, section 7.2 */
function metadataOf(issuer: string): string {
  const url = URL.parse(issuer);
  return url ? `${url.origin}/.well-known/ssf-configuration${url.pathname.replace(/\/$/, "")}` : "";
}

/** RFC 8935, section 2.4 */
const errorCodes: Readonly<Partial<Record<ProofFailure, string>>> = {
  "proof-malformed": "invalid_request",
  "timestamp-malformed": "invalid_request",
  "timestamp-early": "invalid_request",
  "algorithm-refused": "invalid_key",
  "key-unknown": "invalid_key",
  "issuer-mismatch": "invalid_issuer",
  "audience-mismatch": "invalid_audience",
};

export default defineSource<Secret>({
  name: "ssf",
  title: "Shared Signals (SSF, CAEP, RISC)",
  kind: "identity",
  knownFrom: "documentation",
  neverTells: ["joiner"],
  secret,
  proof: bySecret<Secret>({
    name: "security-event-token",
    proofs: [token, withHeader],
    proofOf: ({ authorization }) => (authorization === undefined ? token : withHeader),
  }),
  // Each transmitter as it likes.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  refuse({ reason, differs }) {
    const isWithoutToken =
      reason === "proof-missing" && differs && "place" in differs && differs.place === "body";
    const err = isWithoutToken ? "invalid_request" : (errorCodes[reason] ?? "authentication_failed");
    return {
      status: 400,
      headers: { "content-type": "application/json", "content-language": "en" },
      body: JSON.stringify({ err, description: reason }),
    };
  },
  // A type that is not about a person: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/secevent+jwt",
    body: '{"jti":"ping","iat":1767225600,"events":{"ping":{}}}',
  },
  translate,
});
