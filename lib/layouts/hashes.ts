import type { Read } from "#lib/fields/read.ts";
import { textOf, wordOf } from "./record.ts";
import { bytesOfBase64 } from "./secrets.ts";

// Authing's password script gets one text to compare with, so what a product keeps apart (algorithm, cost, salt, digest) is put into
// one text that says its own algorithm: the PHC string format (https://github.com/P-H-C/phc-string-format), or bcrypt's own.

/** What a salted hash is made of. */
export interface HashParts {
  /** The name of the algorithm, as in `$pbkdf2-sha256$…`. */
  readonly algorithm: string;
  /** Parameters, in their order, as in `i=27500,l=64`. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Version of argon2. */
  readonly version?: number;
  /** Base64 in any alphabet, or bytes. */
  readonly salt: unknown;
  readonly hash: unknown;
}

/** A hash in the PHC string format; `undefined` where salt or digest is no base64, or a parameter is no number. */
export function phcString({
  algorithm,
  parameters = {},
  version,
  salt,
  hash,
}: HashParts): string | undefined {
  const [saltText, hashText] = [unpadded(salt), unpadded(hash)];
  const numbers = Object.entries(parameters);
  const isWhole =
    saltText !== undefined &&
    hashText !== undefined &&
    hashText !== "" &&
    /^[a-z0-9-]{1,64}$/.test(algorithm) &&
    numbers.every(([, value]) => /^[1-9]\d{0,9}$/.test(textOf(value)));
  if (!isWhole) return undefined;
  const settings = numbers.map(([name, value]) => `${name}=${value}`).join(",");
  return ["", algorithm, version && `v=${version}`, settings, saltText, hashText]
    .filter((part, index) => index === 0 || part)
    .join("$");
}

/** The number of bytes of a digest in base64. */
export const digestLength = (hash: unknown): number =>
  (typeof hash === "string" ? bytesOfBase64(hash)?.length : undefined) ?? 0;

/** A bcrypt hash whose cost, salt (22 characters) and digest (31 characters) are kept apart. */
export function bcryptString(cost: unknown, salt: unknown, hash: unknown): string | undefined {
  const digits = textOf(cost).padStart(2, "0");
  const text = `$2a$${digits}$${textOf(salt)}${textOf(hash)}`;
  return /^\$2a\$\d{2}\$[./A-Za-z0-9]{53}$/.test(text) ? text : undefined;
}

/**
 * The field for a hash that was put together. One that could not be is passed on as the product has it: it does not say its algorithm,
 * so its row is refused.
 */
export const foldedHash = (written: Read, folded: string | undefined): Read => ({
  value: folded ?? written.value,
  path: written.path,
});

/** A password or a hash, by the algorithm that the product names beside it; without a word for plain text it is a hash. */
export function passwordBy(
  algorithm: Read,
  password: Read,
  plainWords: readonly string[],
): Readonly<Record<string, Read>> {
  return { [plainWords.includes(wordOf(algorithm)) ? "password" : "passwordHash"]: password };
}

function unpadded(value: unknown): string | undefined {
  const bytes =
    value instanceof Uint8Array
      ? Buffer.from(value)
      : typeof value === "string"
        ? bytesOfBase64(value)
        : undefined;
  return bytes?.toString("base64").replaceAll("=", "");
}
