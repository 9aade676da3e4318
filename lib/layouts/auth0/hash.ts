import { isEmpty, type Read } from "#lib/fields/read.ts";
import { foldedHash, phcString } from "#lib/layouts/hashes.ts";
import { inside, textOf, wordOf } from "#lib/layouts/record.ts";
import { bytesOfBase64 } from "#lib/layouts/secrets.ts";

/** Digests with a salt behind the password, as LDAP servers write them (RFC 2307 and its successors). */
const ldapSchemes: Readonly<Record<string, readonly [salted: string, bare: string]>> = {
  md5: ["SMD5", "MD5"],
  sha1: ["SSHA", "SHA"],
  sha256: ["SSHA256", "SHA256"],
  sha512: ["SSHA512", "SHA512"],
};

/** `custom_password_hash` as one text; as it is, to be refused, where nothing can say it in one text (HMAC with a key, a salt in front). */
export function customHash(custom: Read): Read | undefined {
  const hash = inside(custom, "hash.value");
  if (isEmpty(hash.value)) return undefined;
  return foldedHash(hash, foldedCustomHash(custom));
}

function foldedCustomHash(custom: Read): string | undefined {
  const at = (path: string) => inside(custom, path);
  const algorithm = wordOf(at("algorithm"));
  const written = textOf(at("hash.value").value);
  // Of these Auth0 takes the usual text whole.
  if (["bcrypt", "argon2", "ldap", "pbkdf2"].includes(algorithm)) return written;

  const digest = bytesBy(at("hash.encoding"), written);
  const saltText = at("salt.value");
  const saltEncoding = at("salt.encoding");
  const isText = isEmpty(saltText.value) || ["", "utf8"].includes(wordOf(saltEncoding));
  const salt = isText ? Buffer.from(textOf(saltText.value)) : bytesBy(saltEncoding, textOf(saltText.value));
  if (digest === undefined || salt === undefined) return undefined;
  if (algorithm === "scrypt") {
    const cost = Math.log2(Number(at("cost").value ?? 16_384));
    const parameters = { ln: cost, r: numberOr(at("blockSize"), 8), p: numberOr(at("parallelization"), 1) };
    return phcString({ algorithm: "scrypt", parameters, salt, hash: digest });
  }
  const scheme = Object.hasOwn(ldapSchemes, algorithm) ? ldapSchemes[algorithm] : undefined;
  const isUtf8 = ["", "utf8"].includes(wordOf(at("password.encoding")));
  const isBehind = salt.length === 0 || wordOf(at("salt.position")) === "suffix";
  if (scheme === undefined || !isUtf8 || !isBehind) return undefined;
  return `{${scheme[salt.length > 0 ? 0 : 1]}}${Buffer.concat([digest, salt]).toString("base64")}`;
}

const numberOr = ({ value }: Read, otherwise: number) => (typeof value === "number" ? value : otherwise);

function bytesBy(encoding: Read, written: string): Buffer | undefined {
  switch (wordOf(encoding)) {
    case "hex":
      return /^(?:[0-9a-f]{2})+$/i.test(written) ? Buffer.from(written, "hex") : undefined;
    case "base64":
      return bytesOfBase64(written);
    default:
      return undefined;
  }
}
