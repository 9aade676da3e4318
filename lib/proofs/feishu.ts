import { createCipheriv, createDecipheriv, createHash, hash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { Delivery, ImmediateProof, ProofResult, SignedRequest } from "#lib/contract/proof.ts";
import type { Reply } from "#lib/contract/source.ts";
import { isSameDigest, isSameSecret } from "#lib/constant-time.ts";
import { placeOf, refused, secretEmpty } from "./refused.ts";

// How Feishu and Lark show who they are: a token inside of what they say and, where the app has an Encrypt Key, a signature
// over a body that is encrypted.
// https://open.feishu.cn/document/ukTMukTMukTM/uYDNxYjL2QTM24iN0EjN/event-subscription-configure-/encrypt-key-encryption-configuration-case

/** What an app's page 事件与回调 → 加密策略 (Events & Callbacks → Encryption Strategy) shows. */
export interface FeishuSecret {
  /** With it every delivery is encrypted and signed; one that is not is refused. Without it none may be encrypted. */
  readonly encryptKey?: string;
  readonly verificationToken: string;
}

/** A check of the URL is a few hundred bytes; nothing that is longer gets decrypted before its signature was checked. */
const maxHandshakeBytes = 8192;
const blockBytes = 16;

/**
 * With an Encrypt Key: `X-Lark-Signature` = hex SHA-256 of timestamp, nonce, Encrypt Key and raw body, then the token in
 * the decrypted body; both have to be right. Without one the token is the only proof, and a person who sees one delivery can forge
 * another one. Fields in plain text beside `encrypt` do not count.
 *
 * Feishu names no tolerance and repeats a delivery for up to 6 hours, without saying whether it signs anew, so none is
 * stale. The timestamp is only ever a part of what is signed: nothing tells where it ends and the nonce begins.
 */
export const feishuProof: ImmediateProof<FeishuSecret> = {
  name: "feishu-signature",
  coversBody: true,
  refusesStale: false,
  verify,
  sign,
};

function verify({ headers, body }: Delivery, secret: FeishuSecret): ProofResult {
  if (isEmpty(secret)) return secretEmpty;
  if (secret.encryptKey !== undefined) {
    const [timestamp, nonce, signature] = signatureHeaders.map((name) =>
      Object.hasOwn(headers, name) ? headers[name] : undefined,
    );
    if (!timestamp) return refused("proof-missing", { place: placeOf("header", signatureHeaders[0]) });
    if (!nonce) return refused("proof-missing", { place: placeOf("header", signatureHeaders[1]) });
    if (!signature) return refused("proof-missing", { place: placeOf("header", signatureHeaders[2]) });
    const expected = signatureOf({ timestamp, nonce, encryptKey: secret.encryptKey, body });
    if (!isSameDigest(expected, signature.toLowerCase())) {
      return refused("proof-mismatch", {
        place: placeOf("header", signatureHeaders[2]),
        covers: "{timestamp}{nonce}{Encrypt Key}{body}",
      });
    }
  }
  const said = open(body, secret.encryptKey);
  if (said === undefined) {
    const form = secret.encryptKey === undefined ? "JSON that is not encrypted" : "JSON with encrypt";
    return refused("proof-malformed", { place: "body", form });
  }
  const token = tokenOf(said.document);
  if (token === undefined) return refused("proof-missing", { place: tokenPlace });
  if (!isSameSecret(secret.verificationToken, token)) return refused("proof-mismatch", { place: tokenPlace });
  return { ok: true, payload: said.payload };
}

/** Puts the secret's token into the body in place of another one. The initialisation vector is made of what `at` says. */
function sign(body: Uint8Array, secret: FeishuSecret, at: { now: number; id: string }): SignedRequest {
  if (isEmpty(secret)) throw new InboundError("misconfigured", "secret-empty");
  const payload = withToken(body, secret.verificationToken);
  const { encryptKey } = secret;
  if (encryptKey === undefined) return { headers: {}, body: payload };

  const initial = createHash("sha256").update(`${at.id} ${at.now}`).digest().subarray(0, blockBytes);
  const cipher = createCipheriv("aes-256-cbc", keyOf(encryptKey), initial);
  const encrypted = Buffer.concat([initial, cipher.update(payload), cipher.final()]).toString("base64");
  const sent = Buffer.from(JSON.stringify({ encrypt: encrypted }));
  const timestamp = String(Math.floor(at.now / 1000));
  return {
    headers: {
      [signatureHeaders[0]]: timestamp,
      [signatureHeaders[1]]: at.id,
      [signatureHeaders[2]]: signatureOf({ timestamp, nonce: at.id, encryptKey, body: sent }),
    },
    body: sent,
  };
}

/**
 * Answers `url_verification`, which Feishu sends when the URL is saved and wants answered with its `challenge` within a
 * second. It is encrypted where there is an Encrypt Key, and never signed: the token alone proves it. `type` decides, also
 * where the fields of an event are beside it.
 */
export function feishuHandshake({ body }: Delivery, secret: FeishuSecret): Reply | undefined {
  if (body.byteLength > maxHandshakeBytes || isEmpty(secret)) return undefined;
  const { type, challenge, ...rest } = open(body, secret.encryptKey)?.document ?? {};
  if (type !== "url_verification" || typeof challenge !== "string") return undefined;
  const token = tokenOf(rest);
  if (token === undefined || !isSameSecret(secret.verificationToken, token)) return undefined;
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ challenge }),
  };
}

/**
 * What is in the `encrypt` of a body: base64 of an initialisation vector and AES-256-CBC of the message, with the SHA-256 of
 * the Encrypt Key as key. `undefined` for anything that is not that, a wrong key included.
 */
export function decryptFeishu(encrypted: string, encryptKey: string): Uint8Array | undefined {
  // Node skips what is not base64, and so reads a mutilated text as a shorter one.
  if (encrypted.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encrypted)) return undefined;
  const bytes = Buffer.from(encrypted, "base64");
  if (bytes.length < 2 * blockBytes || bytes.length % blockBytes !== 0) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", keyOf(encryptKey), bytes.subarray(0, blockBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(blockBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

const tokenPlace = placeOf("body", ["header.token", "token"]);
const signatureHeaders = ["x-lark-request-timestamp", "x-lark-request-nonce", "x-lark-signature"] as const;

/** What a body says, in the form that the app's settings ask for and no other. */
function open(
  body: Uint8Array,
  encryptKey: string | undefined,
): { payload: Uint8Array; document: JsonObject } | undefined {
  const outer = parse(body);
  if (outer === undefined) return undefined;
  if (encryptKey === undefined) {
    return outer.encrypt === undefined ? { payload: body, document: outer } : undefined;
  }
  const payload = typeof outer.encrypt === "string" ? decryptFeishu(outer.encrypt, encryptKey) : undefined;
  const document = payload && parse(payload);
  return document && { payload, document };
}

function signatureOf(signed: {
  timestamp: string;
  nonce: string;
  encryptKey: string;
  body: Uint8Array;
}): string {
  const { timestamp, nonce, encryptKey, body } = signed;
  return createHash("sha256")
    .update(timestamp + nonce + encryptKey)
    .update(body)
    .digest("hex");
}

/** At the top of what is of the first version and of a check of the URL, else in the header. */
function tokenOf({ token, header }: JsonObject): string | undefined {
  const found = typeof token === "string" ? token : isObject(header) ? header.token : undefined;
  return typeof found === "string" && found !== "" ? found : undefined;
}

function withToken(body: Uint8Array, token: string): Uint8Array {
  const document = parse(body);
  if (document === undefined) throw new InboundError("malformed", "body-not-a-json-object");
  if (isSameSecret(token, tokenOf(document) ?? "")) return body;
  const isInHeader = typeof document.token !== "string" && isObject(document.header);
  const changed = isInHeader
    ? { ...document, header: { ...(document.header as JsonObject), token } }
    : { ...document, token };
  return Buffer.from(JSON.stringify(changed));
}

/** An empty setting is a mistake, not a decision to do without encryption. */
function isEmpty({ encryptKey, verificationToken }: FeishuSecret): boolean {
  return verificationToken === "" || encryptKey === "";
}

function keyOf(encryptKey: string): Uint8Array {
  return hash("sha256", encryptKey, "buffer");
}

function parse(body: Uint8Array): JsonObject | undefined {
  try {
    const document: unknown = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"),
    );
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
