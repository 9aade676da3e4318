import { encodeBase32 } from "#lib/fields/base32.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { decodeBase64 } from "#lib/formats/base64.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { inside, isObject, isRemoved, items } from "./record.ts";

// How products write TOTP secrets and recovery codes, and the one form in which layouts pass them on.

/**
 * How a product writes a secret. It is a property of the product or of a field of its record, never guessed from the secret: one in
 * four of Keycloak's texts is also valid base32, and codes from it would be wrong.
 *
 * - `base32`: also an `otpauth://` URI
 * - `text`: the key is the text in UTF-8
 * - `base64-of-base32`: base64 of the base32 text
 * - `unknown`: in a way that the record names and that is none of these
 */
export type SecretEncoding = "base32" | "base64" | "hex" | "text" | "base64-of-base32" | "unknown";

/** In place of a secret that is not written as its product writes secrets: no text, which is refused as `secret-encoding`. */
const undecodable = Object.freeze({});

/** The secret in base32, or as it was where it is base32 or a URI already. */
export function secretFrom(read: Read, encoding: SecretEncoding): Read {
  if (encoding === "base32" || isEmpty(read.value) || isRemoved(read)) return read;
  const decoded = typeof read.value === "string" ? decoders[encoding](read.value) : undefined;
  return { value: decoded ?? undecodable, path: read.path };
}

const decoders: Readonly<Record<Exclude<SecretEncoding, "base32">, (written: string) => string | undefined>> =
  {
    unknown: () => undefined,
    hex: (written) => {
      const digits = written.trim();
      const isHex = digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits);
      return isHex ? encodeBase32(Buffer.from(digits, "hex")) : undefined;
    },
    text: (written) => (written.isWellFormed() ? encodeBase32(Buffer.from(written)) : undefined),
    base64: (written) => {
      const bytes = bytesOfBase64(written);
      return bytes && encodeBase32(bytes);
    },
    "base64-of-base32": (written) => {
      const bytes = bytesOfBase64(written);
      return bytes && Buffer.from(bytes).toString("latin1");
    },
  };

/** The bytes of base64 in the standard alphabet or the one for URLs, with or without padding; `undefined` for any other text. */
function bytesOfBase64(written: string): Uint8Array | undefined {
  const isForUrls = /[_-]/.test(written) && !/[+/]/.test(written);
  return decodeBase64(isForUrls ? written.replaceAll("-", "+").replaceAll("_", "/") : written);
}

/** The one recovery code that Authing can hold, and what is left out. */
export interface RecoveryCode {
  readonly read?: Read;
  readonly notes: readonly RowProblem[];
}

/**
 * The first recovery code that is neither used nor hashed, as it is written: people have it on paper. Lists hold texts or
 * `{code, usedAt}`; cells of CSV hold a list in JSON, or the codes with commas between.
 */
export function recoveryCodeOf(list: Read): RecoveryCode {
  const all = codesOf(list);
  const plain = all.filter(({ value }) => typeof value === "string" && !/^\$[a-z0-9]/i.test(value));
  const notes: RowProblem[] = [];
  if (plain.length > 1) notes.push({ code: "recovery-codes-left-out", column: list.path });
  if (plain.length < all.length) notes.push({ code: "recovery-codes-unreadable", column: list.path });
  return { ...(plain[0] && { read: plain[0] }), notes };
}

function codesOf(list: Read): readonly Read[] {
  const elements = items(list);
  if (elements.length === 0 && typeof list.value === "string" && !/^\s*[[{]/.test(list.value)) {
    return list.value
      .split(/[,;|\n]/)
      .map((code) => ({ value: code.trim(), path: list.path }))
      .filter(({ value }) => value !== "");
  }
  return elements
    .filter((element) => !isUsed(element))
    .map((element) => (isObject(element.value) ? inside(element, "code") : element))
    .filter(({ value }) => !isEmpty(value));
}

function isUsed(code: Read): boolean {
  const used = inside(code, "usedAt").value;
  return isObject(code.value) && !isEmpty(used) && used !== false;
}
