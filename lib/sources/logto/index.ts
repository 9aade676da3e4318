import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** From the page of the webhook in Logto's console. */
  signingKey: z.string(),
  /** For asking Logto about a user: the host name of its endpoint, and a machine-to-machine application. */
  domain: z.exactOptional(z.string()),
  appId: z.exactOptional(z.string()),
  appSecret: z.exactOptional(z.string()),
  /** The identifier of Logto's Management API, where it is not `https://<domain>/api`. */
  apiResource: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "logto",
  title: "Logto",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // https://docs.logto.io/developers/webhooks/secure-webhooks: hex of HMAC-SHA256 over the body. It covers no time.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "{body}",
    signature: { header: "logto-signature-sha-256", encoding: "hex" },
  }),
  // Three times, says the documentation; the source hardly repeats itself. An operator may send an event again.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"hookId":"ping","event":"ping","createdAt":"2026-01-01T00:00:00.000Z"}',
  },
  translate,
});
