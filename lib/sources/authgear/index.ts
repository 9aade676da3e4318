import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** From the page of webhooks in Authgear's portal. */
  signatureSecret: z.string(),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "authgear",
  title: "Authgear",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // https://github.com/authgear/authgear-server/blob/main/docs/specs/hook.md#webhook-signature. It covers no time.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ signatureSecret }) => signatureSecret,
    signed: "{body}",
    signature: { header: "x-authgear-body-signature", encoding: "hex" },
  }),
  // Authgear's description plans three days of repetitions.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  // What a blocking hook has to answer, should one be sent here; of any other, Authgear ignores the body.
  acknowledge: () => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"is_allowed":true}',
  }),
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"id":"ping","seq":0,"type":"ping","payload":{},"context":{"timestamp":1767225600}}',
  },
  translate,
});
