import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What BambooHR shows once, when the webhook is made. */
  privateKey: z.string(),
  /** For asking BambooHR about an employee: the part before `.bamboohr.com`, and a key of its API. */
  companyDomain: z.exactOptional(z.string()),
  apiKey: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "bamboohr",
  title: "BambooHR",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  // https://documentation.bamboohr.com/docs/webhooks#security: the body first, the time behind it, nothing between.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ privateKey }) => privateKey,
    signed: "{body}{timestamp}",
    signature: { header: "x-bamboohr-signature", encoding: "hex" },
    timestamp: { header: "x-bamboohr-timestamp", unit: "seconds", toleranceSeconds: 300 },
  }),
  // After a 5xx: 5, 10, 20, 40 and 80 minutes. https://documentation.bamboohr.com/docs/webhooks#webhook-retries
  redeliversForSeconds: 3 * 60 * 60,
  split,
  fetch,
  list,
  // A batch without employees.
  ping: { contentType: "application/json", body: '{"employees":[]}' },
  translate,
});
