import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { staticHeader } from "#lib/proofs/static-secret.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The `challenge` with which the subscriptions were made: Factorial shows it with each delivery. */
  challenge: z.string(),
  /** For asking Factorial about an employee, so that no delivery need be believed. */
  apiKey: z.exactOptional(z.string()),
  /** `https://api.eu2.demo.factorial.dev` for the demo; without it production. */
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "factorial",
  title: "Factorial",
  kind: "hr",
  knownFrom: "documentation",
  externalIds,
  secret,
  // https://apidoc.factorialhr.com/docs/manage-webhooks: nothing is signed.
  proof: staticHeader<Secret>({
    header: "x-factorial-wh-challenge",
    value: ({ challenge }) => challenge,
  }),
  // Up to 20 times in 48 hours; then the subscription is disabled. https://apidoc.factorialhr.com/docs/webhooks-policies
  redeliversForSeconds: 48 * 60 * 60,
  split,
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A type that is about no employee: the event goes through the queue and changes nothing.
  ping: { query: { event: "api_public/webhook_subscription/update" } },
  translate,
});
