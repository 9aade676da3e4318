import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Of the organization at Merge: Webhooks → Security → Signature key. */
  signatureKey: z.string(),
  /** Only this linked account is read; others of the organization, whose webhooks come too, are not. */
  linkedAccountId: z.exactOptional(z.string()),
  /** For asking Merge: an API key, and the account token of the linked account. */
  apiKey: z.exactOptional(z.string()),
  accountToken: z.exactOptional(z.string()),
  /** `https://api-eu.merge.dev` and the like; without it the one in the USA. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "merge",
  title: "Merge",
  kind: "aggregator",
  knownFrom: "documentation",
  externalIds,
  secret,
  // https://docs.merge.dev/basics/webhooks/merge-webhooks: base64url over the bytes of the body, with or without padding.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ signatureKey }) => signatureKey,
    signed: "{body}",
    signature: { header: "x-merge-webhook-signature", encoding: "base64url" },
  }),
  // Merge does not say for how long it repeats.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A model that is no person: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"hook":{"id":"ping","event":"Team.changed"},"linked_account":{"id":"ping"},"data":{}}',
  },
  translate,
});
