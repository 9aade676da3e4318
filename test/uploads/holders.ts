import { createHash } from "node:crypto";
import { Secret, TOTP } from "otpauth";

// The users of an invented identity provider as it exports them: bcrypt hashes, TOTP secrets as people and programs write them, and a
// recovery code each.

export interface Holder {
  readonly externalId: string;
  readonly hash: string;
  /** The secret as the export writes it; absent: the person has none. */
  readonly written?: string;
  /** Its bytes; absent where there is none, or one that cannot be used. */
  readonly seed?: Uint8Array;
  readonly isInvalid?: true;
  readonly recoveryCode?: string;
}

/** Secrets that cannot be used, and why. */
export const invalidSecrets = [
  { written: "JBSWY3DP", reason: "secret-short" },
  { written: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", reason: "secret-encoding" },
  { written: "otpauth://hotp/Firma:x?secret=MFRGGZDFMZTWQ2LKMFRGGZDF&counter=4", reason: "type-unsupported" },
];

/** How the secrets of people are written, one after the other. */
const spellings: readonly ((base32: string) => string)[] = [
  (base32) => base32,
  (base32) => base32.padEnd(Math.ceil(base32.length / 8) * 8, "="),
  (base32) => base32.toLowerCase(),
  (base32) => (base32.match(/.{1,4}/g) ?? []).join(" "),
  (base32) =>
    `otpauth://totp/Firma:${base32.slice(0, 4)}?secret=${base32}&issuer=Firma&algorithm=SHA1&digits=6`,
  (base32) => `otpauth://totp/%E5%85%AC%E5%8F%B8?secret=${base32.toLowerCase()}&period=30`,
];

const bytesOf = (text: string) => createHash("sha256").update(text).digest();

/** `count` users; 60 % of them have a TOTP secret, and three of these secrets cannot be used. */
export function holdersFile(count: number): { readonly text: string; readonly holders: readonly Holder[] } {
  const withSecret = Math.floor(count * 0.6);
  const invalidAt = [5, Math.floor(count / 3), withSecret - 1];
  const holders = Array.from({ length: count }, (_, index) => holderOf(index, index < withSecret, invalidAt));
  const lines = holders.map(({ externalId, hash, written = "", recoveryCode = "" }, index) =>
    [
      externalId,
      `user${index}`,
      `user${index}@example.com`,
      `李${index}`,
      hash,
      written,
      recoveryCode,
    ].join(),
  );
  return {
    text: `user_id,username,email,name,password_hash,totp_secret,recovery_code\n${lines.join("\n")}\n`,
    holders,
  };
}

function holderOf(index: number, hasSecret: boolean, invalidAt: readonly number[]): Holder {
  const person = {
    externalId: `idp-${index}`,
    hash: `$2b$10$${bytesOf(`hash ${index}`).toString("base64url").replaceAll(/[-_]/g, "a").padEnd(53, "u").slice(0, 53)}`,
  };
  if (!hasSecret) return person;
  const recoveryCode = bytesOf(`code ${index}`).toString("hex").slice(0, 24);
  const invalid = invalidSecrets[invalidAt.indexOf(index)];
  if (invalid) return { ...person, written: invalid.written, isInvalid: true, recoveryCode };
  // 16 to 20 bytes: base32 pads both 26 and 32 characters differently.
  const seed = bytesOf(`seed ${index}`).subarray(0, 16 + (index % 5));
  const spell = spellings[index % spellings.length] as (base32: string) => string;
  return { ...person, written: spell(base32Of(seed)), seed, recoveryCode };
}

export const base32Of = (seed: Uint8Array): string =>
  new Secret({ buffer: Uint8Array.from(seed).buffer }).base32;

/** The code that an authenticator with this secret shows, by RFC 6238. @param moment milliseconds since 1970. */
export function codeAt(secret: string | Uint8Array, moment: number): string {
  const base32 = typeof secret === "string" ? secret : base32Of(secret);
  return new TOTP({ secret: base32 }).generate({ timestamp: moment });
}
