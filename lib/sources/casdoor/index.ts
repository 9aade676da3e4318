import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { namedHeaders } from "#lib/proofs/named-headers.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** One of the headers on the page of the webhook in Casdoor. */
  headerName: z.string(),
  headerValue: z.string(),
  /** For asking Casdoor about a user: its host name, the organization, and an application of it. */
  domain: z.string(),
  organization: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "casdoor",
  title: "Casdoor",
  kind: "identity",
  knownFrom: "code",
  secret,
  // Casdoor does not sign. https://casdoor.org/docs/webhooks/overview
  proof: namedHeaders<Secret>({
    headers: ({ headerName, headerValue }) => ({ [headerName]: headerValue }),
  }),
  // Three times, a minute apart, from a queue that outlives a restart of Casdoor.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"name":"ping","createdTime":"2026-01-01T00:00:00Z","action":"ping","object":""}',
  },
  translate,
});
