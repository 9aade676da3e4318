import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { basicAuth } from "#lib/proofs/static-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** What the integration in Workday sends as Basic authentication. */
  username: z.string(),
  password: z.string(),
  /** For confirming departures, and for the whole list: an integration system user that may run the report. */
  apiUsername: z.exactOptional(z.string()),
  apiPassword: z.exactOptional(z.string()),
  /** The report's address for JSON, as Workday shows it in View URLs; several, where one would be larger than 4 MB. */
  reportUrl: z.exactOptional(z.union([z.string(), z.array(z.string())])),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "workday",
  title: "Workday",
  kind: "hr",
  knownFrom: "reports",
  secret,
  // Workday signs nothing: what an integration sends, and how it proves itself, the customer says.
  proof: basicAuth<Secret>({
    username: ({ username }) => username,
    password: ({ password }) => password,
  }),
  // An integration repeats as the customer configures it; the rest is for a launch by hand on the next day.
  redeliversForSeconds: 3 * 24 * 60 * 60,
  split,
  fetch,
  list,
  // A report without entries.
  ping: { contentType: "application/json", body: '{"Report_Entry":[]}' },
  translate,
});
