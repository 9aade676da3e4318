import type { Memberships } from "#lib/contract/departments.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import { isComposed, kindsOf } from "./characters.ts";
import { cleanIdentifier, cleanText, normalized, type CleanIdentifier } from "./clean-text.ts";
import { isEmpty, type Read } from "./read.ts";

/**
 * What one encoder made of one value. `fields` is empty when nothing was there, and when `problem` says why what was
 * there cannot be used.
 */
export interface Encoded {
  readonly fields: Partial<CreateUserInfoDto>;
  /** Of departments: which of them the person leads, and which one is the main one. */
  readonly memberships?: Memberships;
  readonly path: string;
  /** The rule that was applied, as `explain` shows it, e.g. `lower-case`. */
  readonly rule: string;
  /** A constant text in kebab-case, e.g. `phone-invalid`. */
  readonly problem?: string;
}

/** Authing's fields that hold any text. */
export type TextField = FieldsHolding<string>;
/** Authing's fields that hold true or false. */
export type FlagField = FieldsHolding<boolean>;

type FieldsHolding<Value> = {
  [Field in keyof CreateUserInfoDto]-?: [Value] extends [NonNullable<CreateUserInfoDto[Field]>]
    ? Field
    : never;
}[keyof CreateUserInfoDto];

type Status = NonNullable<CreateUserInfoDto["status"]>;

/** Fields by which a person is known: two spellings of one that look the same must be the same. */
const identifierFields: ReadonlySet<TextField> = new Set<TextField>(["externalId", "username"]);

/**
 * Text as it is, without surrounding space and invisible characters (`cleanText`); of a field by which a person is known, in the form
 * in which it is compared (`cleanIdentifier`). Whole numbers count as text, since employee numbers come as both.
 *
 * Problems: `text-invalid`; `text-ambiguous` for an identifier of which it is unclear what is meant; `text-too-long`.
 */
export function text(
  field: TextField,
  read: Read,
  { maxLength = maxTextLength }: { maxLength?: number } = {},
): Encoded {
  if (isEmpty(read.value)) return nothing(read, textRule);
  const value = writtenText(field, read.value, maxLength);
  return value.problem === undefined
    ? encoded(read, textRule, { [field]: value.text })
    : refused(read, textRule, `text-${value.problem}`);
}

/** In UTF-16 units. */
const maxTextLength = 1024;
/** The rule of `text`, as `explain` shows it. */
export const textRule = "trimmed";

type WrittenText =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: "invalid" | "ambiguous" | "too-long" };

const tooLong: WrittenText = { problem: "too-long" };

/** What `text` makes of a value that is not empty. */
export function writtenText(field: TextField, value: unknown, maxLength = maxTextLength): WrittenText {
  const written = identifierFields.has(field) ? plainIdentifier(value) : textOf(value);
  return written.text !== undefined && written.text.length > maxLength ? tooLong : written;
}

/** RFC 5321, as RFC 3696's erratum 1690 counts it. */
const maxEmailLength = 254;

/** What most addresses are, of letters and digits of ASCII: it takes a quarter of the time of looking at each part. */
const plainAddress = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z][a-z0-9]+$/;
/** So long that neither part of such an address is too long, in UTF-16 units. */
const maxPlainLength = 64;

/**
 * An address in the form in which it is compared, in lower case, as Authing compares them. Authing refuses an address whose domain
 * has one part only.
 *
 * Problems: `email-invalid`; `email-ambiguous` for what makes any identifier ambiguous, and for signs that programs take for
 * letters (ⓐ, ﬁ, ª): a program on the way would make another person's address of it.
 */
export function email(read: Read): Encoded {
  const rule = "lower-case";
  if (isEmpty(read.value)) return nothing(read, rule);
  const written = plainIdentifier(read.value);
  if (written.problem !== undefined) return refused(read, rule, `email-${written.problem}`);
  if (written.text.length > maxEmailLength) return refused(read, rule, "email-invalid");
  const lower = written.text.toLowerCase();
  if (lower.length <= maxPlainLength && plainAddress.test(lower))
    return encoded(read, rule, { email: lower });
  const value = lower.normalize("NFC");
  if (value.normalize("NFKC") !== value) return refused(read, rule, "email-ambiguous");
  return isEmailAddress(value) ? encoded(read, rule, { email: value }) : refused(read, rule, "email-invalid");
}

/** True or false, from the closed list of `yesOrNo`. */
export function flag(field: FlagField, read: Read): Encoded {
  const rule = "yes-or-no";
  if (isEmpty(read.value)) return nothing(read, rule);
  const value = yesOrNo(read.value);
  return value === undefined ? refused(read, rule, "flag-unknown") : encoded(read, rule, { [field]: value });
}

/** A status by a source's own words. Keys of the table are in lower case; what it does not list is dropped. */
export function status(read: Read, table: Readonly<Record<string, Status>>): Encoded {
  const rule = "table";
  if (isEmpty(read.value)) return nothing(read, rule);
  const key = plainWord(read.value);
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return value === undefined ? refused(read, rule, "status-unknown") : encoded(read, rule, { status: value });
}

/** A status as it is told in passing, which closes an account and opens none: an operator at Authing may have had a reason to close it. */
export function unlessOpen(said: Encoded): Encoded[] {
  return isOpen(said) ? [] : [said];
}

/** Whether a status says that the account is open; one that is missing or unknown does not. */
export function isOpen(said: Encoded): boolean {
  return said.fields.status === "Activated";
}

/** The address of a picture or page: http or https, without credentials, at most 2048 characters. */
export function url(field: "photo" | "profile" | "website", read: Read): Encoded {
  const rule = "url";
  if (isEmpty(read.value)) return nothing(read, rule);
  const value = URL.parse(plainText(read.value) ?? "");
  const isUsable = value !== null && /^https?:$/.test(value.protocol) && !value.username && !value.password;
  return isUsable && value.href.length <= 2048
    ? encoded(read, rule, { [field]: value.href })
    : refused(read, rule, "url-invalid");
}

const yesWords = new Set(["true", "t", "1", "1.0", "y", "yes", "是", "真", "√", "✓", "✔"]);
const noWords = new Set(["false", "f", "0", "0.0", "n", "no", "否", "假", "×", "✗", "✘"]);

/** What people and systems write for true and false; `undefined` for anything else. */
export function yesOrNo(value: unknown): boolean | undefined {
  const word = plainWord(value);
  if (yesWords.has(word)) return true;
  return noWords.has(word) ? false : undefined;
}

// What the encoders of this folder are made of.

export function encoded(read: Read, rule: string, fields: Partial<CreateUserInfoDto>): Encoded {
  return { fields, path: read.path, rule };
}

const noFields: Encoded["fields"] = Object.freeze({});

export function nothing(read: Read, rule: string): Encoded {
  return { fields: noFields, path: read.path, rule };
}

export function refused(read: Read, rule: string, problem: string): Encoded {
  return { fields: noFields, path: read.path, rule, problem };
}

/**
 * Text without surrounding space and invisible characters; `undefined` for what is no text: lists, objects, numbers with a fraction or
 * beyond what a double holds exactly, control characters, halves of a surrogate pair.
 */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== "string")
    return Number.isSafeInteger(value) || typeof value === "bigint" ? String(value) : undefined;
  if (isComposed(kindsOf(value))) return value.trim();
  // Line breaks and tabs stay: street addresses have them.
  // oxlint-disable-next-line no-control-regex
  if (!value.isWellFormed() || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value)) return undefined;
  return cleanText(value);
}

/** An identifier in the form in which it is compared, of whatever a payload has in its place. */
export function plainIdentifier(value: unknown): CleanIdentifier {
  return typeof value === "string" ? cleanIdentifier(value) : textOf(value);
}

function textOf(value: unknown): CleanIdentifier {
  const text = plainText(value);
  return text === undefined ? { problem: "invalid" } : { text };
}

/** A word to look up in a table, `""` for what is none. Payloads hold objects whose `toString` is not a function. */
export function plainWord(value: unknown): string {
  return typeof value === "boolean"
    ? String(value)
    : normalized(plainText(value) ?? "", "NFKC").toLowerCase();
}

function isEmailAddress(value: string): boolean {
  const separator = value.lastIndexOf("@");
  const local = value.slice(0, Math.max(separator, 0));
  const labels = value.slice(separator + 1).split(".");
  return (
    value.length <= maxEmailLength &&
    local.length <= 64 &&
    /^[^\s@"(),:;<>[\\\].]+(?:\.[^\s@"(),:;<>[\\\].]+)*$/u.test(local) &&
    labels.length >= 2 &&
    labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u.test(label)) &&
    /^\p{L}[\p{L}\p{M}\p{N}-]+$/u.test(labels.at(-1) as string)
  );
}
