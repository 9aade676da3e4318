import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { basicAuth } from "#lib/proofs/static-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What the integration in SuccessFactors sends as Basic authentication. */
  username: z.string(),
  password: z.string(),
  /** For confirming departures, and for the whole list: the API server, e.g. `https://api4.successfactors.com`, and an OAuth client. */
  apiHost: z.exactOptional(z.string()),
  companyId: z.exactOptional(z.string()),
  /** The client's API Key, and in whose name it asks. */
  apiKey: z.exactOptional(z.string()),
  apiUser: z.exactOptional(z.string()),
  /** In PEM; the client has its certificate. */
  privateKey: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "successfactors",
  title: "SAP SuccessFactors",
  kind: "hr",
  knownFrom: "reports",
  secret,
  // Nothing is signed: what an integration sends, and how it proves itself, the customer says.
  proof: basicAuth<Secret>({
    username: ({ username }) => username,
    password: ({ password }) => password,
  }),
  // An integration is launched again as the customer configures it; the rest is for a launch by hand on the next day.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  fetch,
  list,
  ping: { contentType: "application/json", body: '{"events":[]}' },
  translate,
});
