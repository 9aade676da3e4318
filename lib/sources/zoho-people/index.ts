import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { formSecret } from "#lib/proofs/form-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The parameter that the operator adds to the webhook in Zoho People: its name and its value. */
  tokenName: z.string(),
  token: z.string(),
  /** For confirming departures, and for the whole list: an OAuth client, and a refresh token that an administrator made with it. */
  clientId: z.exactOptional(z.string()),
  clientSecret: z.exactOptional(z.string()),
  refreshToken: z.exactOptional(z.string()),
  /** Of the data centre, e.g. `zoho.eu`; without it `zoho.com`. */
  domain: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "zoho-people",
  title: "Zoho People",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  proof: formSecret<Secret>({ field: ({ tokenName }) => tokenName, value: ({ token }) => token }),
  // Zoho repeats nothing by itself: a person has to press "Redo" in its list of failed webhooks.
  redeliversForSeconds: 7 * 24 * 60 * 60,
  split,
  fetch,
  list,
  ping: { contentType: "application/x-www-form-urlencoded", body: "event=ping" },
  translate,
});
