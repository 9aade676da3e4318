import * as z from "zod/mini";
import { defineSource } from "#lib/contract/source.ts";
import { allOf, byMethod } from "#lib/proofs/composed.ts";
import { hmac } from "#lib/proofs/hmac.ts";
import { urlSecret } from "#lib/proofs/url-secret.ts";
import { fetch } from "./fetch.ts";
import { list } from "./list.ts";
import { split } from "./split.ts";
import { translate } from "./translate.ts";

const secret = z.object({
  /** Of Moka People: what its push sends as `pwd`, and the code of the interface. Both or neither. */
  pwd: z.exactOptional(z.string()),
  apiCode: z.exactOptional(z.string()),
  /** Of Moka's recruiting system: the key of its signature. */
  signKey: z.exactOptional(z.string()),
  /** For asking Moka People about an employee. */
  apiKey: z.exactOptional(z.string()),
  entCode: z.exactOptional(z.string()),
  /** The e-mail address of an employee whose role may see all employees. */
  userName: z.exactOptional(z.string()),
  /** RSA, PKCS#8: a PEM, or its Base64 alone. */
  privateKey: z.exactOptional(z.string()),
  apiHost: z.exactOptional(z.string()),
});
type Secret = z.infer<typeof secret>;

export default defineSource<Secret>({
  name: "moka",
  title: "Moka",
  kind: "hr",
  knownFrom: "documentation",
  secret,
  proof: byMethod("moka-push", {
    // https://people.mokahr.com/docs/api/view/v1.html (主动推送): nothing is signed.
    get: allOf("moka-people", [
      urlSecret<Secret>({ place: { query: "pwd" }, value: ({ pwd = "" }) => pwd }),
      urlSecret<Secret>({
        place: { query: "apiCode" },
        value: ({ apiCode = "" }) => apiCode,
        minLength: 8,
      }),
    ]),
    // https://www.mokahr.com/docs/api/ (Webhook)
    post: hmac<Secret>({
      algorithm: "sha256",
      key: ({ signKey = "" }) => signKey,
      signed: "{body}",
      signature: { query: "sign", encoding: "hex" },
    }),
  }),
  // After any other reply, and after one second, People repeats after 15 s, 5 min, 1 h and 6 h. The rest is a margin.
  redeliversForSeconds: 24 * 60 * 60,
  split,
  acknowledge: ({ method }) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: method === "GET" ? '{"code":"200","msg":"success","data":""}' : '{"code":0,"msg":"success"}',
  }),
  fetch,
  list,
  // A change of a department.
  ping: { query: { sourceType: "2", modifyType: "3", nodeUid: "0", requestUniqueKey: "ping" } },
  translate,
});
