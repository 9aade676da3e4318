import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The token that was given to Auth0 with the event stream, without `Bearer`. */
  bearerToken: z.string(),
  /** For asking Auth0 about a user: the tenant's own domain, e.g. `acme.eu.auth0.com`, and a machine-to-machine application. */
  domain: z.exactOptional(z.string()),
  clientId: z.exactOptional(z.string()),
  clientSecret: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "auth0",
  title: "Auth0",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // Auth0 does not sign: https://auth0.com/docs/customize/events/create-an-event-stream
  proof: staticHeader<Secret>({
    header: "authorization",
    value: ({ bearerToken }) => (bearerToken.trim() === "" ? "" : `Bearer ${bearerToken.trim()}`),
  }),
  // Auth0 repeats after 1, 2 and 4 s. Deliveries that failed can be sent again by hand, e.g. after a weekend.
  redeliversForSeconds: 7 * 24 * 60 * 60,
  split,
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"id":"ping","type":"ping","data":{"object":{}}}' },
  translate,
});
