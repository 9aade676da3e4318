import { createDecipheriv, createHmac, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { isSameDigest } from "#lib/constant-time.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { decodeBase64 } from "#lib/formats/base64.ts";
import type { FileKeys } from "#lib/formats/format.ts";
import { find, isAmbiguous, textOf, type Element } from "./xml.ts";

// How the values of a container are encrypted (RFC 6030, section 6): with a key that both sides know, or one that is derived from a
// password; a MAC over the encrypted value says that key and value are right. Keys of certificates (rsa_1_5) and triple DES are refused.

export type EncryptionProblem =
  | "mac-mismatch"
  | "mac-missing"
  | "mac-unsupported"
  | "encryption-unsupported"
  | "encryption-rsa-unsupported"
  | "encryption-3des-unsupported"
  | "value-not-base64";

type Opened = { readonly bytes: Uint8Array } | { readonly problem: EncryptionProblem };

/** The encryption of one container. */
export interface Encryption {
  /** For the summary. */
  readonly details: Readonly<Record<string, string>>;
  /**
   * Decrypts a value whose MAC is right.
   *
   * @param data the element that holds `EncryptedValue`, and `ValueMAC`.
   * @throws InboundError for the whole file where its key is missing, wrongly configured or costs too much to derive.
   */
  open(data: Element): Promise<Opened>;
}

/** The most iterations of PBKDF2; a million take half a second. Advice of 2023 is 1,300,000 for HMAC-SHA-1; containers have 1,000 to 100,000. */
const maxIterations = 1_000_000;
/** In bytes. */
const maxSaltLength = 1_024;
const maxKeyLength = 32;
const derive = promisify(pbkdf2);

/** @param keyElement, macElement `EncryptionKey` and `MACMethod`. */
export function encryptionOf(
  keyElement: Element | undefined,
  macElement: Element | undefined,
  keys: () => Promise<FileKeys>,
): Encryption {
  for (const element of [keyElement, macElement]) {
    if (element && isAmbiguous(element)) throw malformed("element-misplaced", `line ${element.line}`);
  }
  const derived = find(keyElement, "DerivedKey");
  const name =
    textOf(find(keyElement, "KeyName")) ||
    textOf(find(derived, "MasterKeyName")) ||
    textOf(find(derived, "CarriedKeyName"));
  // Most files are opened without it, so it is made with the first encrypted value.
  let key: Promise<Uint8Array> | undefined;
  const keyOf = (length: number) => {
    key ??= keys().then((known) =>
      derived ? derivedKey(derived, known, name, length) : preSharedKey(known, name),
    );
    return key.then((bytes) => ofLength(bytes, length, name));
  };
  const macAlgorithm = macElement?.attributes["Algorithm"] ?? textOf(macElement);
  const macKeyElement = find(macElement, "MACKey");

  /** A value without its MAC being checked. `undefined` where it cannot be decrypted with this key. */
  const decrypted = async (cipher: Cipher): Promise<Uint8Array | undefined> =>
    decrypt(cipher, await keyOf(cipher.keyLength));

  const macKeyOf = async (cipher: Cipher): Promise<Uint8Array | EncryptionProblem> => {
    // Older containers have no key for it, and use that of the encryption.
    if (!macKeyElement) return keyOf(cipher.keyLength);
    const wrapped = cipherOf(macKeyElement);
    return typeof wrapped === "string" ? wrapped : ((await decrypted(wrapped)) ?? "mac-mismatch");
  };

  return {
    details: {
      ...(keyElement && { encryption: kindOf(keyElement) }),
      ...(name !== "" && { keyName: shown(name) }),
    },
    async open(data) {
      const cipher = cipherOf(find(data, "EncryptedValue"));
      if (typeof cipher === "string") return { problem: cipher };
      const written = textOf(find(data, "ValueMAC"));
      if (written === "") {
        // Without a MAC, one of 256 wrong keys would give a value. Key wrapping checks itself.
        if (cipher.mode === "cbc") return { problem: "mac-missing" };
        const bytes = await decrypted(cipher);
        return bytes ? { bytes } : { problem: "mac-mismatch" };
      }
      const given = decodeBase64(written);
      const hash = hashOf(macAlgorithm);
      if (given === undefined) return { problem: "value-not-base64" };
      if (hash === undefined) return { problem: "mac-unsupported" };
      const macKey = await macKeyOf(cipher);
      if (typeof macKey === "string") return { problem: macKey };
      const isOver = (bytes: Uint8Array) =>
        isSameDigest(createHmac(hash, macKey).update(bytes).digest(), given);
      if (isOver(cipher.bytes)) {
        const bytes = await decrypted(cipher);
        return bytes ? { bytes } : { problem: "mac-mismatch" };
      }
      // Older containers have the MAC of the plain value.
      const bytes = await decrypted(cipher);
      return bytes && isOver(bytes) ? { bytes } : { problem: "mac-mismatch" };
    },
  };
}

function kindOf(keyElement: Element): "password" | "certificate" | "pre-shared key" {
  if (find(keyElement, "DerivedKey")) return "password";
  return find(keyElement, "X509Data") ? "certificate" : "pre-shared key";
}

interface Cipher {
  readonly mode: "cbc" | "wrap";
  /** In bytes. */
  readonly keyLength: number;
  readonly bytes: Uint8Array;
}

/** What an element of the type `EncryptedDataType` holds. */
function cipherOf(element: Element | undefined): Cipher | EncryptionProblem {
  const algorithm = lastPart(find(element, "EncryptionMethod")?.attributes["Algorithm"]);
  const [, cbc, wrap] = /^(?:aes(128|192|256)-cbc|kw-aes(128|192|256))$/.exec(algorithm) ?? [];
  const bits = cbc ?? wrap;
  if (bits === undefined) {
    if (algorithm.startsWith("rsa")) return "encryption-rsa-unsupported";
    return /tripledes|3des/.test(algorithm) ? "encryption-3des-unsupported" : "encryption-unsupported";
  }
  const bytes = decodeBase64(textOf(find(element, "CipherData", "CipherValue")));
  return bytes === undefined
    ? "value-not-base64"
    : { mode: cbc === undefined ? "wrap" : "cbc", keyLength: Number(bits) / 8, bytes };
}

function decrypt({ mode, keyLength, bytes }: Cipher, key: Uint8Array): Uint8Array | undefined {
  try {
    if (mode === "wrap") {
      // RFC 3394, with its default initial value.
      const unwrap = createDecipheriv(`id-aes${keyLength * 8}-wrap`, key, Buffer.alloc(8, 0xa6));
      return Buffer.concat([unwrap.update(bytes), unwrap.final()]);
    }
    const decipher = createDecipheriv(`aes-${keyLength * 8}-cbc`, key, bytes.subarray(0, 16));
    // The padding of XML Encryption: the last byte is its length, and the others may be anything.
    decipher.setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
    const padding = padded.at(-1) ?? 0;
    return padding >= 1 && padding <= 16 ? padded.subarray(0, padded.length - padding) : undefined;
  } catch {
    // Of a length that no ciphertext has, or not wrapped with this key.
    return undefined;
  }
}

async function derivedKey(
  derived: Element,
  { pskcPassword }: FileKeys,
  name: string,
  length: number,
): Promise<Uint8Array> {
  const method = find(derived, "KeyDerivationMethod");
  const parameters = find(method, "PBKDF2-params");
  const salt = decodeBase64(textOf(find(parameters, "Salt", "Specified")));
  const iterations = wholeNumber(textOf(find(parameters, "IterationCount")));
  const keyLength = wholeNumber(textOf(find(parameters, "KeyLength")) || String(length));
  const written = find(parameters, "PRF")?.attributes["Algorithm"];
  const hash = written === undefined ? "sha1" : hashOf(written);
  const place = `line ${derived.line}`;
  if (iterations > maxIterations) {
    throw new InboundError("oversized", "key-derivation-too-slow", {
      path: place,
      hint: "export the file with at most 1,000,000 iterations, or with a pre-shared key",
    });
  }
  const isKnown = lastPart(method?.attributes["Algorithm"]) === "pbkdf2" && hash !== undefined;
  const isUsable =
    salt !== undefined &&
    salt.length > 0 &&
    salt.length <= maxSaltLength &&
    iterations >= 1 &&
    keyLength >= 1 &&
    keyLength <= maxKeyLength;
  if (!isKnown || !isUsable) throw malformed("key-derivation-unsupported", place);
  if (pskcPassword === undefined || pskcPassword === "") throw keyMissing(name, "pskcPassword");
  return derive(pskcPassword, salt, iterations, keyLength, hash);
}

function preSharedKey({ pskcKeys = {} }: FileKeys, name: string): Uint8Array {
  const written = Object.hasOwn(pskcKeys, name) ? pskcKeys[name]?.trim() : undefined;
  if (written === undefined || written === "") throw keyMissing(name, "pskcKeys");
  const isHexadecimal = /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(written);
  const bytes = isHexadecimal ? new Uint8Array(Buffer.from(written, "hex")) : decodeBase64(written);
  if (bytes === undefined || ![16, 24, 32].includes(bytes.length)) {
    throw new InboundError("malformed", "pskc-key-invalid", {
      path: `pskcKeys ${shown(name)}`,
      hint: "give the key of 16, 24 or 32 bytes in hexadecimal or base64, and upload the file again",
    });
  }
  return bytes;
}

function ofLength(key: Uint8Array, length: number, name: string): Uint8Array {
  if (key.length === length) return key;
  throw new InboundError("malformed", "pskc-key-length", {
    path: `KeyName ${shown(name)}`,
    hint: `the file is encrypted with a key of ${length} bytes; give that one`,
  });
}

function keyMissing(name: string, field: keyof FileKeys): InboundError {
  return new InboundError("malformed", "pskc-key-missing", {
    path: `KeyName ${shown(name)}`,
    hint: `put it into ${field} of the secret uploads, and upload the file again`,
  });
}

function malformed(reason: "element-misplaced" | "key-derivation-unsupported", path: string): InboundError {
  return new InboundError("malformed", reason, { path, hint: "export the file again with a pre-shared key" });
}

/** The name of a key, by which an operator finds it. A text that is no plain name is not shown. */
function shown(name: string): string {
  if (name === "") return "(none)";
  return /^[\p{L}\p{N} ._:@/#-]{1,64}$/u.test(name) ? name : "(not a plain name)";
}

/** The hash of an algorithm such as `http://www.w3.org/2001/04/xmldsig-more#hmac-sha256`. */
function hashOf(algorithm: string): string | undefined {
  return /^hmac-(sha(?:1|224|256|384|512))$/.exec(lastPart(algorithm).replace("sha-", "sha"))?.[1];
}

/** The name of an algorithm in its address: namespaces differ between versions. */
function lastPart(algorithm = ""): string {
  return algorithm.trim().split("#").at(-1)?.toLowerCase() ?? "";
}

function wholeNumber(text: string): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
}
