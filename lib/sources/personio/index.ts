import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The whole value of the header `Authorization`: the token of a webhook with `auth_type` `TOKEN`. */
  authorization: z.exactOptional(z.string()),
  /** Name → value: the headers of a webhook with `auth_type` `CUSTOM`. */
  customHeaders: z.exactOptional(z.record(z.string(), z.string())),
  /** An API credential of Personio that may read persons and employments. */
  clientId: z.string(),
  clientSecret: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "personio",
  title: "Personio",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  // Personio does not sign; it sends what the operator gave it. https://developer.personio.de/reference/post_v2-webhooks
  proof: namedHeaders<Secret>({
    headers: ({ authorization, customHeaders }) => ({
      ...customHeaders,
      ...(authorization !== undefined && { authorization }),
    }),
  }),
  // Six attempts over three days. https://developer.personio.de/reference/webhooks
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about a person: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"company_id":"0","event_name":"ping","occurred_at":"2026-01-01T00:00:00Z","payload":{}}',
  },
  translate,
});
