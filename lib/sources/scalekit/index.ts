import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import { externalIds } from "./external-ids.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** `whsec_…`, from the endpoint's page in Scalekit's dashboard. */
  webhookSecret: z.string(),
});

export default defineSource({
  name: "scalekit",
  title: "Scalekit",
  externalIds,
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // https://docs.scalekit.com/reference/webhooks/overview/
  proof: standardWebhooks<z.infer<typeof secret>>({
    key: ({ webhookSecret }) => webhookSecret,
    headerSets: ["webhook"],
  }),
  // Scalekit names no number of tries; senders of Standard Webhooks try for a day, and the rest is for a replay by hand.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  // Scalekit's own examples answer 201, and it takes any 2xx.
  acknowledge: () => ({ status: 200 }),
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"id":"ping","type":"ping","data":{}}' },
  translate,
});
