import { createCipheriv, createDecipheriv, createHmac, hash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type {
  Delivery,
  ImmediateProof,
  ProofResult,
  RefusedProof,
  SignedRequest,
} from "#lib/contract/proof.ts";
import { isSameDigest } from "#lib/constant-time.ts";
import { plusRestored } from "./signature-text.ts";
import { placeOf, refused, secretEmpty } from "./refused.ts";

interface EncryptedCallbackSettings<Secret> {
  /** What the explanation of an event calls it. */
  readonly name: string;
  token(secret: Secret): string;
  /** 43 characters of base64: 32 bytes without the padding. */
  aesKey(secret: Secret): string;
  /** The receiver of a message: the id behind it, or several ids of which each is accepted. `sign` uses the first one. */
  receiver(secret: Secret): string | readonly string[];
  /** Names in the query, or several spellings of which one is there. The first one signs. */
  readonly query: {
    readonly signature: string | readonly string[];
    readonly timestamp: string | readonly string[];
    readonly nonce: string;
  };
  /** How the sender writes its time, and `sign` with it. Either is read: DingTalk has been seen to write both. */
  readonly timestampUnit: "seconds" | "milliseconds";
  /** What is around an encrypted text in a body. `read` gives `undefined` for a body that is none, and never throws. */
  readonly envelope: {
    read(body: Uint8Array): string | undefined;
    write(encrypted: string, receiver: string): string;
  };
}

/** A message as it travels, and what belongs to it. */
interface SealedMessage extends Stamp {
  /** Base64. */
  readonly encrypted: string;
}

interface EncryptedCallback<Secret> extends ImmediateProof<Secret> {
  /** Verifies and decrypts a text that did not come in a body, under the signature, time and nonce in the query. */
  open(encrypted: string, delivery: Pick<Delivery, "query">, secret: Secret): ProofResult;
  /**
   * A message back to the sender, under the time and nonce of the delivery that it answers. The same whenever it is asked
   * for: nothing in it depends on a clock or on chance.
   */
  answer(message: string, delivery: Pick<Delivery, "query">, secret: Secret): SealedMessage;
}

const blockBytes = 32;
const prefixBytes = 16;
/** A count since 1970 below this is of seconds: as milliseconds it would be in 1973. */
const largestSeconds = 1e11;

/**
 * The callbacks of DingTalk and WeCom, which share one scheme: `sha1` in hex over token, timestamp, nonce and encrypted
 * text, sorted and joined; the text is AES-256-CBC over 16 random bytes, the length of the message (32 bits, big-endian),
 * the message and the receiver's id, padded as PKCS#7 does for blocks of 32 bytes. The key's first half is the IV.
 *
 * The signature is checked before anything is decrypted, so that a caller without the token learns nothing from how that fails.
 * Any time is taken: neither vendor says for how long it repeats a delivery or whether it signs it anew.
 *
 * https://open.dingtalk.com/document/orgapp/configure-event-subcription
 * https://developer.work.weixin.qq.com/document/path/90968
 */
export function encryptedCallback<Secret>(
  settings: EncryptedCallbackSettings<Secret>,
): EncryptedCallback<Secret> {
  const { name, envelope } = settings;
  const names = {
    signature: [settings.query.signature].flat(),
    timestamp: [settings.query.timestamp].flat(),
    nonce: [settings.query.nonce],
  };

  const places = {
    signature: placeOf("query", names.signature),
    timestamp: placeOf("query", names.timestamp),
    nonce: placeOf("query", names.nonce),
  };
  const mismatch = refused("proof-mismatch", {
    place: places.signature,
    covers: "{token}{timestamp}{nonce}{encrypted body}",
  });
  // The token is right and the AES key, or the receiver's id behind the message, is not.
  const unreadable = refused("proof-mismatch", {
    place: "body",
    covers: "{receiver's id}, encrypted with the AES key",
  });

  /** What is in the query beside the encrypted text, or what is wrong with it. */
  function readStamp(query: URLSearchParams): Stamp | RefusedProof {
    const signature = parameter(query, names.signature);
    const timestamp = parameter(query, names.timestamp);
    const nonce = parameter(query, names.nonce);
    for (const [place, value] of [
      [places.signature, signature],
      [places.timestamp, timestamp],
      [places.nonce, nonce],
    ] as const) {
      if (value === undefined) return refused("proof-malformed", { place, form: "once" });
    }
    if (!signature) return refused("proof-missing", { place: places.signature });
    if (!nonce) return refused("proof-missing", { place: places.nonce });
    if (!timestamp) return refused("timestamp-missing", { place: places.timestamp });
    return { signature, timestamp, nonce };
  }

  function keysOf(secret: Secret): Keys | undefined {
    const token = settings.token(secret);
    const aesKey = decodeKey(settings.aesKey(secret));
    const receivers = [settings.receiver(secret)].flat().filter((id) => id !== "");
    return token === "" || aesKey === undefined || receivers.length === 0
      ? undefined
      : { token, aesKey, receivers };
  }

  function open(
    encrypted: string | undefined,
    { query }: Pick<Delivery, "query">,
    secret: Secret,
  ): ProofResult {
    const keys = keysOf(secret);
    if (!keys) return secretEmpty;
    const stamp = readStamp(query);
    if ("ok" in stamp) return stamp;
    if (encrypted === undefined || encrypted === "") {
      return refused("proof-missing", { place: "body encrypted text" });
    }
    const { signature, timestamp, nonce } = stamp;
    const sentAt = readTimestamp(timestamp);
    if (sentAt === undefined) {
      const form = "seconds or milliseconds since 1970";
      return refused("timestamp-malformed", { place: places.timestamp, form });
    }

    const expected = signatureOf(keys.token, timestamp, nonce, encrypted);
    if (!isSameDigest(expected, signature.toLowerCase())) return mismatch;
    const plain = decipher(encrypted, keys.aesKey);
    const message = plain && unframe(plain, keys.receivers);
    return message ? { ok: true, payload: message, sentAt } : unreadable;
  }

  function seal(
    message: Uint8Array,
    { token, aesKey, receivers: [receiver = ""] }: Keys,
    { timestamp, nonce }: Pick<Stamp, "timestamp" | "nonce">,
  ): SealedMessage {
    // In place of random bytes: bytes that only the owner of the key can compute, and that differ for each nonce.
    const prefix = createHmac("sha256", aesKey)
      .update(`${timestamp}.${nonce}.`)
      .update(message)
      .digest("base64url");
    const encrypted = encipher(frame(message, receiver, prefix.slice(0, prefixBytes)), aesKey);
    return { signature: signatureOf(token, timestamp, nonce, encrypted), timestamp, nonce, encrypted };
  }

  return {
    name,
    coversBody: true,
    refusesStale: false,
    proofParameters: [...names.signature, ...names.timestamp, ...names.nonce],
    open,
    verify(delivery, secret) {
      return open(envelope.read(delivery.body), delivery, secret);
    },
    answer(message, { query }, secret) {
      const keys = keysOf(secret);
      if (!keys) throw new InboundError("misconfigured", "secret-empty");
      const stamp = readStamp(query);
      if ("ok" in stamp) throw new InboundError("unverified", stamp.reason);
      return seal(Buffer.from(message), keys, stamp);
    },
    sign(body, secret, at): SignedRequest {
      const keys = keysOf(secret);
      if (!keys) throw new InboundError("misconfigured", "secret-empty");
      const nonce = hash("sha1", at.id, "hex").slice(0, prefixBytes);
      const timestamp = String(settings.timestampUnit === "seconds" ? Math.floor(at.now / 1000) : at.now);
      const sealed = seal(body, keys, { timestamp, nonce });
      return {
        headers: {},
        query: {
          [names.signature[0] ?? ""]: sealed.signature,
          [names.timestamp[0] ?? ""]: sealed.timestamp,
          [names.nonce[0] ?? ""]: sealed.nonce,
        },
        body: Buffer.from(envelope.write(sealed.encrypted, keys.receivers[0] ?? "")),
      };
    },
  };
}

interface Stamp {
  readonly signature: string;
  readonly timestamp: string;
  readonly nonce: string;
}

interface Keys {
  readonly token: string;
  readonly aesKey: Uint8Array;
  readonly receivers: readonly string[];
}

/** AES-256-CBC, padded to blocks of 32 bytes, the key's first half as the IV, in base64. */
export function encipher(plain: Uint8Array, aesKey: Uint8Array): string {
  const cipher = createCipheriv("aes-256-cbc", aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  const missing = blockBytes - (plain.length % blockBytes);
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(missing, missing))]).toString(
    "base64",
  );
}

/** The opposite of `encipher`; `undefined` for what it cannot have made. */
export function decipher(encrypted: string, aesKey: Uint8Array): Buffer | undefined {
  if (encrypted.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(encrypted)) return undefined;
  const bytes = Buffer.from(encrypted, "base64");
  if (bytes.length === 0 || bytes.length % blockBytes !== 0) return undefined;
  // Node's own unpadding knows blocks of 16 bytes only.
  const plain = createDecipheriv("aes-256-cbc", aesKey, aesKey.subarray(0, 16))
    .setAutoPadding(false)
    .update(bytes);
  const padding = plain.at(-1) ?? 0;
  if (padding < 1 || padding > blockBytes) return undefined;
  const isPadded = plain.subarray(-padding).every((byte) => byte === padding);
  return isPadded ? plain.subarray(0, -padding) : undefined;
}

/** 32 bytes out of 43 characters; `undefined` for anything else. The last character's two spare bits say nothing. */
export function decodeKey(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]{43}$/.test(text) ? Buffer.from(`${text}=`, "base64") : undefined;
}

function frame(message: Uint8Array, receiver: string, prefix: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  return Buffer.concat([Buffer.from(prefix), length, message, Buffer.from(receiver)]);
}

/** The message, if what is behind it names one of the receivers. */
function unframe(plain: Buffer, receivers: readonly string[]): Buffer | undefined {
  const start = prefixBytes + 4;
  if (plain.length < start) return undefined;
  const end = start + plain.readUInt32BE(prefixBytes);
  if (end > plain.length) return undefined;
  const receiver = plain.subarray(end);
  const isForUs = receivers.filter((id) => isSameDigest(id, receiver)).length > 0;
  return isForUs ? plain.subarray(start, end) : undefined;
}

function signatureOf(token: string, timestamp: string, nonce: string, encrypted: string): string {
  // By code unit, as every implementation of the vendors sorts: no locale.
  // oxlint-disable-next-line unicorn/require-array-sort-compare
  return hash("sha1", [token, timestamp, nonce, encrypted].toSorted().join(""), "hex");
}

/**
 * What the query holds under a name: `""` for nothing, `undefined` for something twice. DingTalk may write the same
 * value under two spellings; two values are refused.
 */
function parameter(query: URLSearchParams, spellings: readonly string[]): string | undefined {
  const found = spellings.map((spelling) => query.getAll(spelling));
  const values = new Set(found.flat());
  if (values.size > 1 || found.some(({ length }) => length > 1)) return undefined;
  const [value = ""] = values;
  return plusRestored(value);
}

/** Milliseconds since 1970, the unit by its size. */
function readTimestamp(text: string): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const count = Number(text);
  return count < largestSeconds ? count * 1000 : count;
}
