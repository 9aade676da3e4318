import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Of the webhook endpoint, base64, as Finch's dashboard shows it once. */
  webhookSecret: z.string(),
  /** The access token of the connection with the employer. */
  accessToken: z.exactOptional(z.string()),
  /** Only this connection is read; others of the application, whose webhooks come too, are not. */
  connectionId: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "finch",
  title: "Finch",
  kind: "aggregator",
  knownFrom: "code",
  secret,
  // https://developer.tryfinch.com/developer-resources/Webhooks#webhook-verification: as Standard Webhooks, under Finch's own names.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ webhookSecret }) => webhookSecret,
    keyEncoding: "whsec",
    signed: "{id}.{timestamp}.{body}",
    signature: { header: "finch-signature", encoding: "base64", separator: " ", prefix: "v1," },
    timestamp: { header: "finch-timestamp", unit: "seconds", toleranceSeconds: 300 },
    deliveryId: { header: "finch-event-id" },
  }),
  // Finch repeats for about 28 hours; the rest is for a replay by hand after a weekend.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  fetch,
  list,
  // An event that is about no individual: it goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"event_type":"account.updated","data":{}}' },
  translate,
});
