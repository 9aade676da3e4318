import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import { defineSource } from "#lib/contract/source.ts";
import { readId, readJsonObject } from "#lib/payloads/body.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What Gusto posts when the webhook subscription is made; it signs with it. */
  verificationToken: z.string(),
  /** Which subscription the token verifies; posted along with it. */
  webhookSubscriptionUuid: z.exactOptional(z.string()),
  /** For asking Gusto: an access token of the company, which lasts two hours, and the company. */
  accessToken: z.exactOptional(z.string()),
  companyUuid: z.exactOptional(z.string()),
  /** `https://api.gusto-demo.com` for the demo; without it production. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "gusto",
  title: "Gusto",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  // https://docs.gusto.com/app-integrations/docs/webhooks
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ verificationToken }) => verificationToken,
    signed: "{body}",
    signature: { header: "x-gusto-signature", encoding: "hex" },
  }),
  // Gusto does not say for how long it repeats.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  /** Gusto posts the token before it signs anything. An operator decides whether it becomes the secret: `npm run enrol`. */
  enrol({ body }) {
    try {
      const { verification_token: token, webhook_subscription_uuid: subscription } = readJsonObject(body);
      const [verificationToken, webhookSubscriptionUuid] = [readId(token), readId(subscription)];
      if (verificationToken === undefined) return undefined;
      return { verificationToken, ...(webhookSubscriptionUuid !== undefined && { webhookSubscriptionUuid }) };
    } catch (error) {
      if (error instanceof InboundError) return undefined;
      throw error;
    }
  },
  split,
  fetch,
  list,
  // A company: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"uuid":"ping","event_type":"company.updated","entity_type":"Company","entity_uuid":"ping"}',
  },
  translate,
});
