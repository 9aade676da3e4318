import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What Deel shows when the webhook is made. */
  signingKey: z.string(),
  /** For asking Deel about a person: a token with the scope `people:read`. */
  apiToken: z.exactOptional(z.string()),
  /** `https://api-sandbox.demo.deel.com` for the sandbox; without it production. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "deel",
  title: "Deel",
  kind: "hr",
  knownFrom: "reports",
  externalIds,
  secret,
  // https://developer.deel.com/docs/webhooks-get-started: the method stands before the body.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "POST{body}",
    signature: { header: "x-deel-signature", encoding: "hex" },
  }),
  // Up to ten times, with waits that grow; Deel does not say for how long.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // An event that is about no worker: it goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"data":{"meta":{"event_type":"ats.ping","tracking_id":"ping"},"resource":{}}}',
  },
  translate,
});
