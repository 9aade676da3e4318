import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What the operator has typed into Greenhouse as the web hook's secret key. */
  secretKey: z.string(),
  /** For the whole list: a credential of Harvest V3 (OAuth). */
  clientId: z.exactOptional(z.string()),
  clientSecret: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});

export default defineSource<z.infer<typeof secret>>({
  name: "greenhouse",
  title: "Greenhouse Recruiting",
  kind: "ats",
  knownFrom: "documentation",
  externalIds,
  secret,
  // https://developers.greenhouse.io/webhooks.html#authentication: the bytes of the body, with Greenhouse's escapes (\u003c) as they are.
  proof: hmac<z.infer<typeof secret>>({
    algorithm: "sha256",
    key: ({ secretKey }) => secretKey,
    signed: "{body}",
    signature: { header: "signature", encoding: "hex", prefix: "sha256 " },
  }),
  // Six retries over 15 h 16 min. https://developers.greenhouse.io/webhooks.html#retry-policy
  redeliversForSeconds: 24 * 60 * 60,
  split,
  list,
  // Any other status is a failure, for the ping with which a web hook is made too.
  acknowledge: () => ({ status: 200 }),
  ping: { contentType: "application/json", body: '{"action":"ping","payload":{"web_hook_id":0}}' },
  translate,
});
