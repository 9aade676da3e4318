import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** `whsec_…`, from the endpoint's page in Clerk's dashboard. */
  signingSecret: z.string(),
  /** `sk_…`, from the dashboard's page API keys: for asking Clerk about its users. Webhooks do not need it. */
  secretKey: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});

export default defineSource<z.infer<typeof secret>>({
  name: "clerk",
  title: "Clerk",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // Clerk sends through Svix. https://clerk.com/docs/webhooks/overview
  proof: standardWebhooks<z.infer<typeof secret>>({
    key: ({ signingSecret }) => signingSecret,
    headerSets: ["svix", "webhook"],
  }),
  // Svix tries for 27 h 35 min 5 s (https://docs.svix.com/retries); the rest is for a replay by hand after a weekend.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"type":"ping","data":{}}' },
  translate,
});
