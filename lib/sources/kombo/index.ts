import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Of the environment, from the webhooks tab of Kombo's dashboard. */
  webhookSecret: z.string(),
  /** For asking Kombo: an API key of the environment, and the integration whose employees are read, e.g. `workday:HWUT…`. */
  apiKey: z.exactOptional(z.string()),
  integrationId: z.exactOptional(z.string()),
  /** `https://api.us.kombo.dev` for the region USA; without it the one in the EU. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "kombo",
  title: "Kombo",
  kind: "aggregator",
  knownFrom: "code",
  externalIds,
  secret,
  // https://docs.kombo.dev/hris/guides/webhooks#validate-the-data: base64url over the bytes of the body.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ webhookSecret }) => webhookSecret,
    signed: "{body}",
    signature: { header: "x-kombo-signature", encoding: "base64url" },
  }),
  // Kombo does not say for how long it repeats.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // An event that is about no person: it goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"id":"ping","type":"sync-finished","data":{}}' },
  translate,
});
