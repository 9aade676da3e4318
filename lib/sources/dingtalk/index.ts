import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { encryptedCallback } from "#lib/proofs/encrypted-callback.ts";
import { readJsonObject } from "#lib/payloads/body.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** The signature token of the event subscription. */
  token: z.string(),
  /** The encryption key of the event subscription. */
  aesKey: z.string().check(z.regex(/^[A-Za-z0-9+/]{43}$/)),
  /** The receiver of events: the app's Client ID; for a callback that was registered through the API, the CorpId. */
  ownerKey: z.string(),
  /** For asking DingTalk about a person: Client ID and Client Secret of the app. */
  appKey: z.string(),
  appSecret: z.string(),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

const proof = encryptedCallback<Secret>({
  name: "dingtalk-callback",
  token: ({ token }) => token,
  aesKey: ({ aesKey }) => aesKey,
  receiver: ({ ownerKey }) => ownerKey,
  query: {
    signature: ["msg_signature", "signature"],
    timestamp: ["timestamp", "timeStamp"],
    nonce: "nonce",
  },
  timestampUnit: "milliseconds",
  envelope: {
    read(body) {
      try {
        const { encrypt } = readJsonObject(body);
        return typeof encrypt === "string" ? encrypt : undefined;
      } catch {
        return undefined;
      }
    },
    write: (encrypted) => JSON.stringify({ encrypt: encrypted }),
  },
});

export default defineSource<Secret>({
  name: "dingtalk",
  title: "DingTalk 钉钉",
  kind: "workplace",
  knownFrom: "documentation",
  secret,
  proof,
  // DingTalk does not say how often it repeats a delivery; it keeps the failed ones for 7 days.
  redeliversForSeconds: 7 * 24 * 60 * 60,
  split,
  // To everything, the check of the URL (EventType check_url) included, DingTalk wants "success", signed and encrypted.
  acknowledge(_verified, secret, delivery) {
    const { signature, timestamp, nonce, encrypted } = proof.answer("success", delivery, secret);
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ msg_signature: signature, timeStamp: timestamp, nonce, encrypt: encrypted }),
    };
  },
  fetch,
  list,
  ping: { contentType: "application/json", body: '{"EventType":"check_url"}' },
  translate,
});
