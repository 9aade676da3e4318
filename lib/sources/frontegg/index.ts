import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What was given to Frontegg with the webhook. */
  webhookSecret: z.string(),
  /** For asking Frontegg: the client id and API key of the environment, and its API's domain; default `api.frontegg.com` (EU). */
  clientId: z.exactOptional(z.string()),
  apiKey: z.exactOptional(z.string()),
  apiDomain: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "frontegg",
  title: "Frontegg",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // https://developers.frontegg.com/ciam/guides/integrations/webhooks: a token of 300 s in a header of its own. It does not cover the body.
  proof: jwt<Secret>({
    algorithms: ["HS256"],
    sharedKey: ({ webhookSecret }) => webhookSecret,
    token: { header: "x-webhook-secret" },
  }),
  // Frontegg does not say for how long it repeats a delivery.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  // Frontegg wants a 2xx.
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"eventKey":"ping"}' },
  translate,
});
