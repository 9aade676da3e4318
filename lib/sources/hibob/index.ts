import * as z from "zod/mini";
import type { Delivery } from "#lib/contract/proof.ts";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The secret key that Bob shows with the webhook. */
  webhookSecret: z.string(),
  /** A service user of Bob's API who may view the fields of all employees. */
  serviceUserId: z.string(),
  serviceUserToken: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "hibob",
  title: "HiBob",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  // https://apidocs.hibob.com/reference/getting-started-webhooks: base64 of HMAC-SHA512 over the body. It covers no time.
  proof: hmac<Secret>({
    algorithm: "sha512",
    key: ({ webhookSecret }) => webhookSecret,
    signed: "{body}",
    signature: { header: "bob-signature", encoding: "base64" },
  }),
  // Up to three days, with growing waits; in order. https://apidocs.hibob.com/docs/working-with-webhooks
  redeliversForSeconds: 3 * 24 * 60 * 60,
  // While a webhook is made, and before its secret is known, Bob sends this and wants 200.
  handshake: (delivery) => (isPing(delivery) ? { status: 200 } : undefined),
  split,
  // Bob takes 200 for success, and nothing else.
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A type that is not about an employee: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"companyId":0,"type":"ping","triggeredBy":"system","triggeredAt":"2026-01-01T00:00:00.000000","version":"v2","data":{}}',
  },
  translate,
});

/** `Ping test` as it is, as a JSON string, or, when Bob got no 200 for that, as `{"text":"Ping test"}`. */
function isPing({ method, body }: Delivery): boolean {
  if (method !== "POST" || body.byteLength > 64) return false;
  return /^(?:Ping test|"Ping test"|\{ ?"text" ?: ?"Ping test" ?\})$/.test(
    Buffer.from(body).toString("latin1").trim(),
  );
}
