import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { jwt } from "#lib/proofs/jwt.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The domain of the Kinde environment, e.g. `acme.kinde.com`, which has the keys that tokens are signed with. */
  domain: z.string(),
  /** These keys, to pin them. */
  jwks: z.exactOptional(z.object({ keys: z.array(z.record(z.string(), z.unknown())) })),
  /** Of a machine-to-machine application, for reading the list of users. */
  clientId: z.exactOptional(z.string()),
  clientSecret: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "kinde",
  title: "Kinde",
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // https://docs.kinde.com/integrate/webhooks/about-webhooks/: the body is a token (`application/jwt`) without an end and an issuer, so
  // that only its `event_id` tells repetitions.
  proof: jwt<Secret>({
    algorithms: ["RS256"],
    jwks: ({ domain, jwks }) => jwks ?? (domain === "" ? "" : `https://${domain}/.well-known/jwks`),
    token: "body",
    mayLackExpiry: true,
  }),
  // Kinde repeats with a growing wait and names no end; a captured token can be sent again for ever.
  redeliversForSeconds: 14 * 24 * 60 * 60,
  split,
  // Kinde takes 200 for success.
  acknowledge: () => ({ status: 200 }),
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/jwt", body: '{"type":"ping","event_id":"ping","data":{}}' },
  translate,
});
