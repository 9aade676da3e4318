import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The header that the webhook channel was given, and its whole value. */
  headerName: z.string(),
  headerValue: z.string(),
  /** For asking JumpCloud about a user: an API key, the console's domain (default `console.jumpcloud.com`), and the id of an organization. */
  apiKey: z.string(),
  apiDomain: z.exactOptional(z.string()),
  orgId: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "jumpcloud",
  title: "JumpCloud",
  kind: "identity",
  knownFrom: "documentation",
  externalIds,
  secret,
  // JumpCloud signs nothing: it sends the headers that the operator has given it.
  proof: namedHeaders<Secret>({ headers: ({ headerName, headerValue }) => ({ [headerName]: headerValue }) }),
  // Three times, with a growing wait, after 5xx, 408 and 429.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"id":"ping","event_type":"ping"}' },
  translate,
});
