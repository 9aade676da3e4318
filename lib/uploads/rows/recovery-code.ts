import { isScientific, numberWithFraction, textDamage } from "#lib/fields/damage.ts";
import { plainText } from "#lib/fields/encode.ts";
import { hashFormOf } from "#lib/fields/password-hash.ts";
import { isMasked } from "#lib/fields/password-mask.ts";
import { isEmpty } from "#lib/fields/read.ts";
import { holdsRemovedMark } from "#lib/fields/removed.ts";

type RecoveryCodeProblem = "recovery-code-invalid" | "recovery-code-removed" | "recovery-code-damaged";
type RecoveryCodeNote =
  | "recovery-code-first-of-several"
  | "recovery-code-hashed"
  | "recovery-codes-used"
  | "null-taken-as-empty";

/** The recovery code of a secret, or why it cannot be used. */
export interface RecoveryCode {
  readonly code?: string;
  readonly problem?: RecoveryCodeProblem;
  readonly note?: RecoveryCodeNote;
}

/** In UTF-16 units. */
const maxCodeLength = 255;
const maxListLength = 65_536;
const noCode = /^(?:NULL|null|\\N|\(null\)|<null>|None|nil|undefined|NaN|nan|N\/A|n\/a)$/;

/**
 * Authing holds one recovery code of a person, and products give one, ten, or hashes of them: the first that is plain and was not used is
 * taken, as it is written, since people have it on paper. Lists are JSON, also as text, or have commas, semicolons or line breaks between
 * codes; an element is a code, or an object with `code` and `used_at` or `usedAt`.
 */
export function readRecoveryCode(value: unknown): RecoveryCode {
  if (isEmpty(value)) return {};
  if (holdsRemovedMark(value)) return { problem: "recovery-code-removed" };
  const list = listOf(value);
  if (list === undefined) return { problem: "recovery-code-invalid" };
  const unused = list.filter((element) => !isUsed(element));
  if (unused.length === 0) return list.length === 0 ? {} : { note: "recovery-codes-used" };
  const codes: string[] = [];
  let hasHash = false;
  for (const element of unused) {
    const code = plainText(codeOf(element));
    if (code === undefined || code === "" || code.length > maxCodeLength) {
      return { problem: "recovery-code-invalid" };
    }
    if (noCode.test(code) && list.length === 1) return { note: "null-taken-as-empty" };
    if (isDamaged(code)) return { problem: "recovery-code-damaged" };
    if (hashFormOf(code) === undefined) codes.push(code);
    else hasHash = true;
  }
  const [code] = codes;
  if (code === undefined) return { note: "recovery-code-hashed" };
  return { code, ...((list.length > 1 || hasHash) && { note: "recovery-code-first-of-several" }) };
}

const isDamaged = (code: string) =>
  isScientific(code) ||
  numberWithFraction.test(code) ||
  textDamage(code) !== undefined ||
  /^\?+$|\?\?/.test(code) ||
  isMasked(code) ||
  noCode.test(code);

/** The codes that a value holds; `undefined` for what holds none. */
function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.filter((element) => !isEmpty(element));
  if (typeof value === "object") return isUsed(value) || codeOf(value) !== value ? [value] : undefined;
  const text = plainText(value);
  if (text === undefined || text.length > maxListLength) return undefined;
  if (text.startsWith("[")) {
    try {
      const parsed: unknown = JSON.parse(text);
      return Array.isArray(parsed) ? parsed.filter((element) => !isEmpty(element)) : undefined;
    } catch {
      // Brackets without quotation marks, as databases print lists, would become part of a code.
      return undefined;
    }
  }
  // A hash may have a comma in it.
  if (hashFormOf(text) !== undefined) return [text];
  if (text.startsWith("{")) return undefined;
  return text.split(/[,;，；、\r\n]/).filter((part) => !isEmpty(part));
}

function codeOf(element: unknown): unknown {
  if (typeof element !== "object" || element === null) return element;
  const { code, value } = element as Readonly<Record<string, unknown>>;
  return code ?? value ?? element;
}

function isUsed(element: unknown): boolean {
  if (typeof element !== "object" || element === null) return false;
  const { used_at: usedAt, usedAt: alsoUsedAt, used } = element as Readonly<Record<string, unknown>>;
  return !isEmpty(usedAt) || !isEmpty(alsoUsedAt) || used === true;
}
