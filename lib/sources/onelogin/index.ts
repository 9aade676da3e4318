import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The custom header that the webhook was given, and its whole value. */
  headerName: z.string(),
  headerValue: z.string(),
  /** For asking OneLogin about a user: the part before `.onelogin.com`, and API credentials that may read users. */
  subdomain: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "onelogin",
  title: "OneLogin",
  kind: "identity",
  knownFrom: "documentation",
  externalIds,
  secret,
  // OneLogin signs nothing: it sends the headers that the operator has given it.
  proof: namedHeaders<Secret>({ headers: ({ headerName, headerValue }) => ({ [headerName]: headerValue }) }),
  // OneLogin does not say for how long it repeats a delivery.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  fetch,
  list,
  // A number that no event has.
  ping: { contentType: "application/json", body: '[{"uuid":"ping","event_type_id":0}]' },
  translate,
});
