import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What ZITADEL answers once, when the target is made. */
  signingKey: z.string(),
  /** The host name of the instance, e.g. `acme.zitadel.cloud`. */
  domain: z.string(),
  /** A personal access token of a service user who may read users. */
  apiToken: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "zitadel",
  title: "ZITADEL",
  kind: "identity",
  knownFrom: "code",
  secret,
  // https://zitadel.com/docs/guides/integrate/actions/testing-request-signature: `t=<seconds>,v1=<hex>`. The description of the API calls the
  // header X-ZITADEL-Signature.
  proof: hmac<Secret>({
    algorithm: "sha256",
    key: ({ signingKey }) => signingKey,
    signed: "{timestamp}.{body}",
    signature: { header: ["zitadel-signature", "x-zitadel-signature"], encoding: "hex", pair: "v1" },
    timestamp: { pair: "t", unit: "seconds", toleranceSeconds: 300 },
  }),
  // How often a queue of ZITADEL repeats itself is a setting of the instance.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  // Without a body: of a target that waits (restCall), it would replace ZITADEL's own answer.
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing.
  ping: {
    contentType: "application/json",
    body: '{"aggregateID":"0","aggregateType":"ping","sequence":1,"event_type":"ping","created_at":"2026-01-01T00:00:00Z"}',
  },
  translate,
});
