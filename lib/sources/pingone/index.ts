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
  /** For asking PingOne about a user: the environment, and a worker application that may read its users. */
  environmentId: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  /** The end of the hosts' names. Default `com`. */
  region: z.exactOptional(z.enum(["com", "eu", "ca", "asia", "com.au", "sg"])),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "pingone",
  title: "PingOne",
  kind: "identity",
  knownFrom: "documentation",
  externalIds,
  secret,
  // PingOne signs nothing: it sends the headers that the operator has given it.
  proof: namedHeaders<Secret>({ headers: ({ headerName, headerValue }) => ({ [headerName]: headerValue }) }),
  // PingOne repeats a batch until it gets 200, and gives up after 7 days.
  redeliversForSeconds: 8 * 24 * 60 * 60,
  // 500 events at most, of 1 to 2 KB: https://docs.pingidentity.com/pingone/integrations/p1_create_webhook.html
  maxDeliveryBytes: 4 * 1024 * 1024,
  split,
  // Nothing but 200 is success for PingOne: with any other answer the same batch comes again, and no other.
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A type that no event has.
  ping: { contentType: "application/json", body: '[{"id":"ping","action":{"type":"PING"}}]' },
  translate,
});
