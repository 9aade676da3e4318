import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { encryptedCallback } from "#lib/proofs/encrypted-callback.ts";
import { plusRestored } from "#lib/proofs/signature-text.ts";
import { readXml } from "#lib/payloads/xml.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Token and EncodingAESKey of the callback. */
  token: z.string(),
  encodingAesKey: z.string().check(z.regex(/^[A-Za-z0-9+/]{43}$/)),
  /** Of the company whose people these are. */
  corpId: z.string(),
  /** For asking WeCom about a person: the app's Secret; for an app developed by a provider, its permanent code. */
  corpSecret: z.string(),
  /** Of an app developed by a provider: then callbacks may be meant for it in place of the company. */
  suiteId: z.exactOptional(z.string()),
  /** Of an app developed by a provider: the provider's own company, for which the check of the URL is meant. */
  providerCorpId: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

const proof = encryptedCallback<Secret>({
  name: "wecom-callback",
  token: ({ token }) => token,
  aesKey: ({ encodingAesKey }) => encodingAesKey,
  receiver: ({ corpId, suiteId = "", providerCorpId = "" }) => [corpId, suiteId, providerCorpId],
  query: { signature: "msg_signature", timestamp: "timestamp", nonce: "nonce" },
  timestampUnit: "seconds",
  envelope: {
    read(body) {
      try {
        const { Encrypt } = readXml(body);
        return typeof Encrypt === "string" ? Encrypt.trim() : undefined;
      } catch {
        return undefined;
      }
    },
    write: (encrypted, receiver) =>
      `<xml><ToUserName><![CDATA[${receiver}]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt><AgentID><![CDATA[]]></AgentID></xml>`,
  },
});

/**
 * The text that WeCom wants echoed is digits. Any text that could be an event is refused: otherwise a caller who has recorded an encrypted
 * event could have it decrypted here.
 */
const echo = /^[\w-]{1,128}$/;

export default defineSource<Secret>({
  name: "wecom",
  title: "WeCom 企业微信",
  kind: "workplace",
  knownFrom: "documentation",
  secret,
  proof,
  // WeCom repeats three times and does not say when. Its payload holds the time, so that a new event is never taken for a
  // repetition.
  redeliversForSeconds: 24 * 60 * 60,
  // https://developer.work.weixin.qq.com/document/path/90930: the plain text and nothing else, within a second.
  handshake(delivery, secret) {
    if (delivery.method !== "GET") return undefined;
    const [encrypted, ...others] = delivery.query.getAll("echostr");
    if (encrypted === undefined || others.length > 0) return undefined;
    const opened = proof.open(plusRestored(encrypted), delivery, secret);
    const text = opened.ok ? Buffer.from(opened.payload).toString("latin1") : "";
    return echo.test(text)
      ? { status: 200, headers: { "content-type": "text/plain" }, body: text }
      : undefined;
  },
  split,
  // An empty answer is enough, except for the callbacks of providers' apps.
  acknowledge: ({ payload }) => ({
    status: 200,
    headers: { "content-type": "text/plain" },
    body: Buffer.from(payload).includes("<SuiteId>") ? "success" : "",
  }),
  fetch,
  list,
  // An event that does not change a contact.
  ping: { contentType: "text/xml", body: "<xml><MsgType>event</MsgType><Event>ping</Event></xml>" },
  translate,
});
