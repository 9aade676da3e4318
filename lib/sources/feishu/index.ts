import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { feishuHandshake, feishuProof } from "#lib/proofs/feishu.ts";
import { externalIds } from "./external-ids.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Of the app, for asking Feishu about a person: 凭证与基础信息 (Credentials & Basic Info). */
  appId: z.string(),
  appSecret: z.string(),
  /** Of the app's event subscription: 事件与回调 → 加密策略 (Events & Callbacks → Encryption Strategy). */
  encryptKey: z.exactOptional(z.string()),
  verificationToken: z.string(),
  /** `https://open.larksuite.com` for Lark; without it Feishu's. */
  apiHost: z.exactOptional(z.string()),
});

export default defineSource<z.infer<typeof secret>>({
  name: "feishu",
  title: "Feishu / Lark",
  kind: "workplace",
  knownFrom: "documentation",
  externalIds,
  secret,
  proof: feishuProof,
  // After any answer but a 200 within 3 s, Feishu repeats after 15 s, 5 min, 1 h and 6 h. The rest is a margin.
  // https://open.feishu.cn/document/ukTMukTMukTM/uUTNz4SN1MjL1UzM
  redeliversForSeconds: 24 * 60 * 60,
  handshake: feishuHandshake,
  split,
  // The documentation asks for 200, and does not mention other 2xx.
  acknowledge: () => ({ status: 200 }),
  fetch,
  list,
  // A type that is not about a user: the event goes through the queue and changes nothing. `sign` puts the token in.
  ping: {
    contentType: "application/json",
    body: '{"schema":"2.0","header":{"event_id":"ping","event_type":"ping"},"event":{}}',
  },
  translate,
});
