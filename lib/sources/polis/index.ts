import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The webhook secret of the directory connection. */
  webhookSecret: z.string(),
  /** For asking Polis about users: its host name, one of its API keys, and the id of the directory. */
  domain: z.exactOptional(z.string()),
  apiKey: z.exactOptional(z.string()),
  directoryId: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "polis",
  title: "Ory Polis",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // `t=<milliseconds>,s=<hex>`. https://www.ory.com/docs/polis/directory-sync/webhooks; BoxyHQ is the name before Ory's.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ webhookSecret }) => webhookSecret,
    signed: "{timestamp}.{body}",
    signature: { header: ["ory-signature", "boxyhq-signature"], encoding: "hex", pair: "s" },
    timestamp: { pair: "t", unit: "milliseconds", toleranceSeconds: 300 },
  }),
  // Polis sends once; where it collects events, it sends those again that were not taken.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  acknowledge: () => ({ status: 200 }),
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"event":"ping","data":{}}' },
  translate,
});
