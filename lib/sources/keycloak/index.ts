import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { bySecret } from "#lib/proofs/by-secret.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const optional = z.exactOptional(z.string());
const secret = z.object({
  /** The webhook's secret, with which p2-inc's listeners sign. */
  secret: optional,
  /** How `ext-event-http` of p2-inc is configured; its webhooks are always signed with the first. */
  hmacAlgorithm: z.exactOptional(z.enum(["HmacSHA256", "HmacSHA1"])),
  /** In place of `secret`: the realm that signs a token, e.g. `https://id.example.com/realms/acme`, and what the token names as receiver. */
  issuer: optional,
  audience: optional,
  /** The realm's public keys, to pin them; else they are read from the realm. */
  jwks: z.exactOptional(z.object({ keys: z.array(z.record(z.string(), z.unknown())) })),
  /** In place of both: the whole value of the header `Authorization` that another listener sends. It covers nothing of the body. */
  authorization: optional,
  /** For asking Keycloak: its address, the realm, and a client whose service account may view users. */
  serverUrl: optional,
  realm: optional,
  clientId: optional,
  clientSecret: optional,
  apiHost: optional,
});
type Secret = z.infer<typeof secret>;

// https://github.com/p2-inc/keycloak-events: over the body alone, in hex. There is no time: ids tell repetitions.
const signature = { header: "x-keycloak-signature", encoding: "hex" } as const;
const key = ({ secret: shared = "" }: Secret) => shared;
const sha256 = hmac<Secret>({ algorithm: "sha256", key, signed: "{body}", signature });
const sha1 = hmac<Secret>({ algorithm: "sha1", key, signed: "{body}", signature });
// Since 2026-07: a token of the realm's, which covers the body by its hash and ends after 300 s.
const token = jwt<Secret>({
  algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"],
  jwks: ({ issuer = "", jwks }) => jwks ?? (issuer === "" ? "" : `${issuer}/protocol/openid-connect/certs`),
  issuer: ({ issuer = "" }) => issuer,
  audience: ({ audience }) => audience,
  bodyHash: { claim: "request_body_sha256", encoding: "hex" },
});
const header = staticHeader<Secret>({
  header: "authorization",
  value: ({ authorization = "" }) => authorization,
});

export default defineSource<Secret>({
  name: "keycloak",
  title: "Keycloak",
  kind: "identity",
  knownFrom: "code",
  secret,
  proof: bySecret<Secret>({
    name: "keycloak hmac, jwt or static-header",
    proofs: [sha256, sha1, token, header],
    proofOf({ secret: shared, hmacAlgorithm, issuer, authorization }) {
      if (shared !== undefined) return hmacAlgorithm === "HmacSHA1" ? sha1 : sha256;
      if (issuer !== undefined) return token;
      return authorization === undefined ? undefined : header;
    },
  }),
  // p2-inc's listeners repeat for 15 minutes, and again when an operator of Keycloak says so.
  redeliversForSeconds: 7 * 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"uid":"ping","type":"system.ping"}' },
  translate,
});
