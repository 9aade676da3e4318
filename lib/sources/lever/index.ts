import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Lever makes one for each kind of event: `{ "candidateHired": "…", "candidateArchiveChange": "…" }`, or the only one. */
  signatureToken: z.union([z.string(), z.record(z.string(), z.string())]),
  /** For asking Lever, without which no event is believed: an API key that may read opportunities and archive reasons. */
  apiKey: z.exactOptional(z.string()),
  /** `https://api.sandbox.lever.co` for the sandbox; without it production. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

const redeliversForSeconds = 24 * 60 * 60;

export default defineSource<Secret>({
  name: "lever",
  title: "Lever",
  kind: "ats",
  knownFrom: "documentation",
  externalIds,
  secret,
  // https://hire.lever.co/developer/documentation#signed-webhook-requests: a token that is new each time and the time of the event, and
  // nothing of what the event says. A repetition has the same time.
  proof: hmac<Secret>({
    name: "hmac-sha256 without the data",
    algorithm: "sha256",
    key: ({ signatureToken }) =>
      typeof signatureToken === "string" ? signatureToken : Object.values(signatureToken),
    signed: "{json:token}{json:triggeredAt}",
    signature: { json: "signature", encoding: "hex" },
    timestamp: {
      json: "triggeredAt",
      unit: "milliseconds",
      toleranceSeconds: { past: redeliversForSeconds, future: 300 },
    },
  }),
  // Lever does not say for how long it repeats.
  redeliversForSeconds,
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // As Lever's own test: an event without data.
  ping: { contentType: "application/json", body: '{"event":"candidateHired","token":"ping","data":{}}' },
  translate,
});
