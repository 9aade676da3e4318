import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { standardWebhooks } from "#lib/proofs/standard-webhooks.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** `whsec_…`, from the endpoint's page in Stytch's dashboard. */
  signingSecret: z.string(),
  /** For reading the list of people: the project, its secret, and whether it has users (`consumer`) or members of organizations (`b2b`). */
  projectId: z.exactOptional(z.string()),
  secret: z.exactOptional(z.string()),
  vertical: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "stytch",
  title: "Stytch",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // Stytch sends through Svix. https://stytch.com/docs/resources/workspace-management/webhooks
  proof: standardWebhooks<Secret>({
    key: ({ signingSecret }) => signingSecret,
    headerSets: ["svix", "webhook"],
  }),
  // Svix tries for 27 h 35 min 5 s (https://docs.svix.com/retries); the rest is for a replay by hand after a weekend.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  list,
  // An object that is no person: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"event_id":"ping","action":"UPDATE","object_type":"organization","id":"ping"}',
  },
  translate,
});
