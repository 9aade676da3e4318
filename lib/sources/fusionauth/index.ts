import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { bySecret } from "#lib/proofs/by-secret.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The secret of the HMAC key that the webhook signs with. */
  hmacKey: z.exactOptional(z.string()),
  /** For a webhook that signs with an RSA, EC or Ed key: the address of FusionAuth's public keys. */
  jwksUrl: z.exactOptional(z.string()),
  /** For asking FusionAuth about users: its host name, and an API key. */
  domain: z.exactOptional(z.string()),
  apiKey: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

// https://fusionauth.io/docs/extend/events-and-webhooks/signing: a token in a header that holds the hash of the body. It has no end.
const signed = {
  token: { header: "x-fusionauth-signature-jwt" },
  bodyHash: { claim: "request_body_sha256", encoding: "base64" },
  mayLackExpiry: true,
} as const;
const byHmac = jwt<Secret>({
  ...signed,
  sharedKey: ({ hmacKey = "" }) => hmacKey,
  algorithms: ["HS256", "HS384", "HS512"],
});
const byPublicKey = jwt<Secret>({
  ...signed,
  jwks: ({ jwksUrl = "" }) => jwksUrl,
  algorithms: ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA"],
});

export default defineSource<Secret>({
  name: "fusionauth",
  title: "FusionAuth",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  proof: bySecret<Secret>({
    name: "jwt",
    proofs: [byHmac, byPublicKey],
    proofOf: ({ hmacKey, jwksUrl }) => {
      if (hmacKey !== undefined) return byHmac;
      return jwksUrl === undefined ? undefined : byPublicKey;
    },
  }),
  // FusionAuth repeats nothing by itself; an operator may send an event again from its log.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  acknowledge: () => ({ status: 200 }),
  list,
  // FusionAuth's own test of a webhook.
  ping: {
    contentType: "application/json",
    body: '{"event":{"id":"00000000-0000-0000-0000-000000000000","createInstant":1767225600000,"type":"test"}}',
  },
  translate,
});
