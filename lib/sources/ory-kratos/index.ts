import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The API key of the web hook: `auth` in Kratos' configuration. */
  headerName: z.string(),
  headerValue: z.string(),
  /** For asking Kratos about an identity: the host of its admin API, and a token for it. */
  domain: z.exactOptional(z.string()),
  apiToken: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "ory-kratos",
  title: "Ory Kratos",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // Kratos does not sign. https://www.ory.com/docs/guides/integrate-with-ory-cloud-through-webhooks
  proof: namedHeaders<Secret>({
    headers: ({ headerName, headerValue }) => ({ [headerName]: headerValue }),
  }),
  // Three times, says the documentation of the Ory Network.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about an identity: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"event":"ping"}' },
  translate,
});
