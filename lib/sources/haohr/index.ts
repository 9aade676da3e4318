import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";
import { fetch } from "./fetch.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The last segment of the URL that 2号人事部 calls. */
  pathToken: z.string(),
  /** Of the open platform, for asking about an employee. */
  corpId: z.exactOptional(z.string()),
  appId: z.exactOptional(z.string()),
  appSecret: z.exactOptional(z.string()),
  /** The path and query of the interface that answers with one employee, `{id}` in place of the employee's id. */
  employeePath: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "haohr",
  title: "2haohr 2号人事部",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  proof: urlSecret<Secret>({ place: "path", value: ({ pathToken }) => pathToken }),
  // After any other reply, and after 5 s, it repeats after 60, 300 and 600 s. The rest is a margin.
  // https://openapi.2haohr.com/doc/openapi/home/
  redeliversForSeconds: 60 * 60,
  split,
  // To everything, the check of the URL (key event_test) included.
  acknowledge: () => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"result_code":"SUCCESS","result_msg":"OK"}',
  }),
  fetch,
  ping: { contentType: "application/json", body: '{"key":"event_test","data":[]}' },
  translate,
});
