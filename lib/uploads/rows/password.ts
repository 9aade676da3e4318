import { isScientific, textDamage } from "#lib/fields/damage.ts";
import { hasUnseen } from "#lib/fields/clean-text.ts";
import { encoded, nothing, refused, type Encoded } from "#lib/fields/encode.ts";
import {
  describesItself,
  hashFormOf,
  isCutOff,
  isPlainInBox,
  isUnusablePassword,
  mayBeDesCrypt,
} from "#lib/fields/password-hash.ts";
import { isMasked } from "#lib/fields/password-mask.ts";
import { isEmpty, type Read } from "#lib/fields/read.ts";
import { removedMark } from "#lib/fields/removed.ts";

type PasswordProblem =
  | "password-invalid"
  | "password-removed"
  | "password-masked"
  | "password-damaged"
  | "password-looks-hashed"
  | "password-hash-unknown"
  | "password-hash-is-plain"
  | "password-twice";
type PasswordNote =
  | "password-surrounded-by-space"
  | "password-may-be-hashed"
  | "password-hash-cut-off"
  | "password-hash-trimmed"
  | "password-unusable";

/** A password or a hash of a row, ready for Authing, or why it cannot be used. */
export interface Password {
  readonly encoded: Encoded;
  /** Whether it is a hash, which Authing keeps as it is. */
  readonly isHash: boolean;
  readonly notes: readonly PasswordNote[];
}

/** In UTF-16 units. */
const maxPasswordLength = 1024;
/** What programs write for no password; as these, and not in other cases, which may be passwords. */
const noPassword = /^(?:NULL|null|\\N|\(null\)|<null>|None|nil|undefined|NaN|nan)$/;

/**
 * The password of a row. A hash that Authing takes for a password would become the password; a password that it takes for a hash would be
 * stored in plain text. So the column states which of the two it holds, and a value that looks like the other one is refused.
 * A password is taken as written, with the space around it.
 */
export function passwordOf(plain: Read, hash: Read): Password {
  const isHash = !isEmpty(hash.value);
  if (isHash && !isEmpty(plain.value)) {
    return {
      encoded: refused(plain, "as written", "password-twice" satisfies PasswordProblem),
      isHash,
      notes: [],
    };
  }
  return isHash ? hashOf(hash) : plainOf(plain);
}

function plainOf(read: Read): Password {
  const rule = "as written";
  const isHash = false;
  const { value } = read;
  if (isEmpty(value)) return { encoded: nothing(read, rule), isHash, notes: [] };
  const problem = typeof value === "string" ? plainProblem(value) : "password-invalid";
  if (problem !== undefined) return { encoded: refused(read, rule, problem), isHash, notes: [] };
  const password = value as string;
  const notes: PasswordNote[] = [];
  if (password !== password.trim()) notes.push("password-surrounded-by-space");
  if (mayBeDesCrypt(password)) notes.push("password-may-be-hashed");
  return { encoded: encoded(read, rule, { password }), isHash, notes };
}

function plainProblem(value: string): PasswordProblem | undefined {
  const text = value.trim();
  if (text === removedMark) return "password-removed";
  if (value.length > maxPasswordLength) return "password-invalid";
  if (noPassword.test(text) || isScientific(text) || textDamage(text) !== undefined)
    return "password-damaged";
  if (isMasked(text)) return "password-masked";
  if (hashFormOf(text) !== undefined || isPlainInBox(text)) return "password-looks-hashed";
  // No person types a line break or an invisible character.
  return hasUnseen(value) ? "password-invalid" : undefined;
}

function hashOf(read: Read): Password {
  const rule = "hash, kept";
  const isHash = true;
  const { value } = read;
  if (typeof value !== "string") {
    return { encoded: refused(read, rule, "password-invalid" satisfies PasswordProblem), isHash, notes: [] };
  }
  const text = value.trim();
  // Such an account has no password in the old system either.
  if (isUnusablePassword(text))
    return { encoded: nothing(read, rule), isHash: false, notes: ["password-unusable"] };
  const problem = hashProblem(text);
  if (problem !== undefined) return { encoded: refused(read, rule, problem), isHash, notes: [] };
  const notes: PasswordNote[] = [];
  if (text !== value) notes.push("password-hash-trimmed");
  if (isCutOff(text)) notes.push("password-hash-cut-off");
  return { encoded: encoded(read, rule, { password: text }), isHash, notes };
}

function hashProblem(text: string): PasswordProblem | undefined {
  if (text === removedMark) return "password-removed";
  if (text.length > maxPasswordLength) return "password-invalid";
  if (noPassword.test(text) || isScientific(text) || textDamage(text) !== undefined)
    return "password-damaged";
  if (isMasked(text)) return "password-masked";
  if (isPlainInBox(text)) return "password-hash-is-plain";
  return /^[\x20-\x7e]+$/.test(text) && describesItself(text) ? undefined : "password-hash-unknown";
}
