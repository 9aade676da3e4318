import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { listedSecret } from "#lib/proofs/listed-secret.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { renew } from "./renew.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What was given to Graph as `clientState` with the subscription, at most 128 characters. */
  clientState: z.string(),
  /** The tenant, and an app registration that may read its users (`User.Read.All`). */
  tenantId: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  /** Which of Microsoft's clouds the tenant is in. Default `global`; `china` is the one of 21Vianet. */
  cloud: z.exactOptional(z.enum(["global", "china", "us-government"])),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "msgraph",
  title: "Microsoft Entra ID",
  externalIds,
  kind: "identity",
  knownFrom: "documentation",
  secret,
  // https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks: every notification repeats the client state.
  proof: listedSecret<Secret>({
    name: "client-state",
    list: "value",
    field: "clientState",
    value: ({ clientState }) => clientState,
  }),
  // For up to 4 hours.
  redeliversForSeconds: 24 * 60 * 60,
  // Graph asks when a subscription is made, for both of its addresses, and wants its token back as plain text within 10 s.
  handshake({ method, query }) {
    const [token, ...others] = query.getAll("validationToken");
    if (method !== "POST" || token === undefined || others.length > 0) return undefined;
    if (!/^[\x20-\x7e]{1,2048}$/.test(token)) return undefined;
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
      body: token,
    };
  },
  split,
  fetch,
  list,
  renew,
  // A word that is about no user: the event goes through the queue and changes nothing.
  ping: { contentType: "application/json", body: '{"value":[{"lifecycleEvent":"ping"}]}' },
  translate,
});
