import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The signing secret of the webhook endpoint, as WorkOS shows it. */
  webhookSecret: z.string(),
  /** For listing people: an API key, and the directory; without one, the users of AuthKit are listed. */
  apiKey: z.exactOptional(z.string()),
  directoryId: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "workos",
  title: "WorkOS",
  kind: "identity",
  knownFrom: "documentation",
  externalIds,
  secret,
  // https://workos.com/docs/events/data-syncing/webhooks: the characters of the secret are the key, a prefix included; the time is in
  // milliseconds. WorkOS's libraries take 180 s; we take what Standard Webhooks has.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ webhookSecret }) => webhookSecret,
    signed: "{timestamp}.{body}",
    signature: { header: "workos-signature", encoding: "hex", pair: "v1" },
    timestamp: { pair: "t", unit: "milliseconds", toleranceSeconds: 300 },
  }),
  // Up to 12 tries over 3 days in production.
  redeliversForSeconds: 4 * 24 * 60 * 60,
  split,
  // WorkOS takes 200 for success.
  acknowledge: () => ({ status: 200 }),
  list,
  // A type that is not about a person: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"id":"ping","event":"ping","data":{}}' },
  translate,
});
