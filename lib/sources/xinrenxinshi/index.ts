import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The last segment of the URL that 薪人薪事 pushes to. */
  pathToken: z.string(),
  /** Of the open platform, for asking about an employee. */
  appKey: z.exactOptional(z.string()),
  appSecret: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "xinrenxinshi",
  title: "Xinrenxinshi 薪人薪事",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  proof: urlSecret<Secret>({ place: "path", value: ({ pathToken }) => pathToken }),
  // 薪人薪事 never repeats a push. A push that failed can be looked up for 7 days, and posted again by hand.
  // https://api.xinrenxinshi.com/doc/v3/page/message/pushProcessConfig_v5.html
  redeliversForSeconds: 7 * 24 * 60 * 60,
  split,
  // To everything, the check of the URL (type verify) included; within 3 s.
  acknowledge: () => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"message":"success"}',
  }),
  fetch,
  list,
  ping: { contentType: "application/json", body: '{"messageId":"ping","type":"verify"}' },
  translate,
});
