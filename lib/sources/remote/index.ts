import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What Remote shows when the webhook is made. */
  signingKey: z.string(),
  /** For asking Remote about an employment: a token of the company. */
  apiToken: z.exactOptional(z.string()),
  /** `https://gateway.remote-sandbox.com` for the sandbox; without it production. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

const redeliversForSeconds = 24 * 60 * 60;

export default defineSource<Secret>({
  name: "remote",
  title: "Remote",
  kind: "hr",
  knownFrom: "reports",
  externalIds,
  secret,
  // https://developer.remote.com/docs/webhooks: the body, a colon, and the time of the first attempt, which a repetition keeps.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "{body}:{timestamp}",
    signature: { header: "x-remote-signature", encoding: "hex" },
    timestamp: {
      header: "x-remote-timestamp",
      unit: "milliseconds",
      toleranceSeconds: { past: redeliversForSeconds, future: 300 },
    },
  }),
  // Remote does not say for how long it repeats.
  redeliversForSeconds,
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // An event that is about no employment: it goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"event_type":"company.ping","company_id":"ping"}' },
  translate,
});
