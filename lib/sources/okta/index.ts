import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The whole value of the header `Authorization`, as it was given to Okta with the event hook. */
  authorization: z.string(),
  /** The host name of the organization, e.g. `acme.okta.com`. */
  domain: z.string(),
  /** A token of Okta's API that may read users. */
  apiToken: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

// https://developer.okta.com/docs/concepts/event-hooks/: Okta does not sign; it sends the header that the operator has given it.
const proof = staticHeader<Secret>({
  header: "authorization",
  value: ({ authorization }) => authorization,
});

export default defineSource<Secret>({
  name: "okta",
  title: "Okta",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  proof,
  // Okta repeats a delivery once, at once. It never reuses an id, so ids are remembered for longer than necessary.
  redeliversForSeconds: 24 * 60 * 60,
  // Okta sends a GET once, and again when the hook changes: the reply repeats its challenge. It carries the secret as every delivery
  // does.
  handshake(delivery, secret) {
    const challenge = delivery.headers["x-okta-verification-challenge"];
    if (delivery.method !== "GET" || challenge === undefined) return undefined;
    if (!/^[\x20-\x7e]{1,1024}$/.test(challenge) || !proof.verify(delivery, secret).ok) return undefined;
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ verification: challenge }),
    };
  },
  split,
  // Okta takes 200 and 204 for success.
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A delivery without events.
  ping: { contentType: "application/json", body: '{"data":{"events":[]}}' },
  translate,
});
