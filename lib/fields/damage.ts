import { cleanText, hasUnseen, normalized, plainCharacters } from "./clean-text.ts";
import { hasLostCharacters, isMojibake } from "./mojibake.ts";
import type { Read } from "./read.ts";
import { removedMark } from "./removed.ts";

// What spreadsheets, databases and conversions do to the values of a file. The person who uploads a file can correct it, so a damaged
// value is refused, or mended where only one thing can be meant. Events of sources are not checked: nobody corrects those.

/**
 * What a value is for.
 *
 * - `identifier`: an id, a login, an e-mail address. Nothing is guessed of it.
 * - `phone`: as an identifier; its encoder knows what spreadsheets make of numbers.
 * - `code`: digits that are no number: an identity number, a postal code.
 * - `name`: a person's whole name. `part of a name`: people are called None and Null.
 * - `text`: any other text, and words that are looked up in a list.
 * - `status`: decides whether an account is open. Nothing there is taken for empty.
 */
export type ValueKind = "identifier" | "phone" | "code" | "name" | "part of a name" | "text" | "status";

type DamageProblem =
  | "value-removed"
  | "sheet-error"
  | "formula-not-computed"
  | "characters-lost"
  | "mojibake"
  | "value-is-null"
  | "break-inside"
  | "number-scientific"
  | "number-with-fraction"
  | "number-lost-digits"
  | "date-instead-of-id";

type DamageNote =
  | "text-formula-removed"
  | "null-taken-as-empty"
  | "name-looks-null"
  | "breaks-replaced"
  | "invisible-removed"
  | "question-marks"
  | "fraction-removed"
  | "digits-may-be-lost";

/** A value as it is meant, or why it cannot be known. */
export interface Mended {
  /** Without value where there is a problem, or where what is written means none. */
  readonly read: Read;
  readonly problem?: DamageProblem;
  readonly notes: readonly DamageNote[];
}

/** Values without damage that can be seen pass as they are; lists, objects, numbers and truth values always do. */
export function mended(read: Read, kind: ValueKind): Mended {
  if (typeof read.value !== "string" || read.value === "") return { read, notes: [] };
  const notes: DamageNote[] = [];
  const inner = textOfFormula(read.value);
  if (inner !== undefined) notes.push("text-formula-removed");
  const written = inner ?? read.value;
  const text = plainCharacters(written).trim();
  const problem = damageOf(written, text, kind);
  if (problem !== undefined) return { read: { ...read, value: undefined }, problem, notes: [] };
  if (text !== "" && isNull(text, kind)) {
    return { read: { ...read, value: undefined }, notes: [...notes, "null-taken-as-empty"] };
  }
  const isName = kind === "name" || kind === "part of a name";
  const hasBreaks = isName && innerBreak.test(written.trim());
  if (hasBreaks) notes.push("breaks-replaced");
  if (isName && text !== "" && looksNull(text)) notes.push("name-looks-null");
  if (kind === "text" && text.includes("??")) notes.push("question-marks");
  if (losesInvisible(written, text, kind)) notes.push("invisible-removed");
  if (kind === "phone" && /^\+?\d{5,20}\.0{1,9}$/.test(text)) notes.push("fraction-removed");
  if (kind === "identifier" && /^[1-9]\d{14}0{3,9}$/.test(text)) notes.push("digits-may-be-lost");
  const value = hasBreaks ? written.trim().replaceAll(everyBreak, " ").replaceAll(/ {2,}/g, " ") : written;
  return { read: value === read.value ? read : { ...read, value }, notes };
}

/** Whether the encoder of a field removes invisible characters; those that have a meaning stay in names. */
function losesInvisible(written: string, text: string, kind: ValueKind): boolean {
  const trimmed = written.trim();
  if (trimmed === "" || !hasUnseen(trimmed)) return false;
  if (text === "" || kind === "identifier" || kind === "phone") return true;
  return cleanText(written) !== normalized(trimmed, "NFC");
}

/** What makes any text of a file unusable, secrets included; `undefined` for text without damage. */
export function textDamage(written: string): "sheet-error" | "characters-lost" | undefined {
  if (hasLostCharacters(written)) return "characters-lost";
  return isSheetError(plainCharacters(written).trim()) ? "sheet-error" : undefined;
}

const innerBreak = /[\t\n\v\f\r\u0085\u2028\u2029]/;
const everyBreak = /[\t\n\v\f\r\u0085\u2028\u2029]/g;

function damageOf(written: string, text: string, kind: ValueKind): DamageProblem | undefined {
  if (text === removedMark) return "value-removed";
  const damage = textDamage(written);
  if (damage !== undefined) return damage;
  if (isMojibake(written, kind !== "text")) return "mojibake";
  if (kind === "text") return isOnlyQuestionMarks(text) ? "characters-lost" : undefined;
  if (formula.test(text)) return "formula-not-computed";
  if (kind === "status") return undefined;
  if (kind === "name" || kind === "part of a name")
    return lostInName.test(text) ? "characters-lost" : undefined;
  if (innerBreak.test(written.trim())) return "break-inside";
  return numberDamage(text, kind);
}

function numberDamage(text: string, kind: ValueKind): DamageProblem | undefined {
  if (isOnlyQuestionMarks(text) || text.includes("??")) return "characters-lost";
  if (kind === "phone") return isIdentifierNull(text) ? "value-is-null" : undefined;
  if (isScientific(text)) return "number-scientific";
  if (numberWithFraction.test(text)) return "number-with-fraction";
  // A spreadsheet keeps 15 digits; the last of the three that it makes 0 cannot be all 0: persons of a day count from 001.
  if (kind === "code") return /^\d{15}000$/.test(text) ? "number-lost-digits" : undefined;
  if (dateOfSheet.test(text)) return "date-instead-of-id";
  return isIdentifierNull(text) || nullMailbox.test(text) ? "value-is-null" : undefined;
}

/** What a spreadsheet makes of a long number, and programs of a large one: digits are lost. */
export function isScientific(text: string): boolean {
  return /^[-+]?\d(?:[.,]\d{1,20})?e\+\d{1,3}$/i.test(text) || /^[-+]?\d[.,]\d{1,20}e-?\d{1,3}$/i.test(text);
}

/** What pandas and spreadsheets make of 10010; of 00123 they make 123.0, so what was written is not known. */
export const numberWithFraction = /^\d{1,20}\.0{1,9}$/;
/** What Excel makes of ids such as MAR1 and 3-1. */
const dateOfSheet =
  /^(?:\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d{2}|\d{1,2}月\d{1,2}日)$/i;

/** Excel's trick to keep text text: `="00123"`. */
function textOfFormula(written: string): string | undefined {
  return /^\s{0,9}="([^"]*)"\s{0,9}$/.exec(written)?.[1];
}

/** A formula that was exported in place of its result: `=A2&"@example.com"`, `=VLOOKUP(…`. */
const formula =
  /^=(?:[A-Z][A-Z0-9.]{0,30}\(|'?[^'!]{0,40}'?!?\$?[A-Z]{1,3}\$?\d{1,7}(?:\W|$)|[\d.]{1,20}[-+*/])/i;

/**
 * Errors of Excel, Google Sheets, LibreOffice and WPS in the languages that have their own; number signs are what a column shows
 * that is too narrow.
 */
function isSheetError(text: string): boolean {
  if (!/^[#Ee]/.test(text)) return false;
  return /^(?:#[¡¿]?[\p{Lu}\d/_]{2,20}[!?]|#(?:N\/A|N\/D|N\/V|NV|Н\/Д|GETTING_DATA)(?: N\/A)?|Err:\d{3}|#{3,99})$/iu.test(
    text,
  );
}

const isOnlyQuestionMarks = (text: string) => /^[?？\s.,()-]+$/.test(text) && /[?？]{2}|^[?？]$/.test(text);
/** `??`, `M?ller`, `?ukasz`, `张?`: a conversion writes a question mark for what it cannot write. */
const lostInName = /[?？]{2}|^[?？\s]+$|\?\p{L}|\p{Script=Han}\?/u;

/** What programs write where nothing is: no value of any field. */
const plainNulls = String.raw`\\N|\(null\)|<null>|\[null\]|<nil>|<none>|\(none\)|undefined|\(blank\)|\(空白?\)|#null`;
const anyNull = new RegExp(`^(?:${plainNulls}|null|none|nil|NaN|nan|NAN|n/a)$`, "i");
/** In UTF-16 units, as `undefined`. */
const longestNull = 9;
const nullOfPart = new RegExp(`^(?:${plainNulls}|null|NaN)$`);
const moreNullIdentifiers = /^(?:unknown|tbd|空|无|暂无|没有|未知|待定)$/i;
/** What concatenating makes of an empty name; people are called Nan and None. */
const nullMailbox = /^(?:null|undefined|#N\/A)@/i;

function isIdentifierNull(text: string): boolean {
  return text !== "" && (anyNull.test(text) || moreNullIdentifiers.test(text) || !/[\p{L}\p{N}]/u.test(text));
}

/** Whether a value of a field that may be empty is none. People and places are called Nan: only `nan` and `NaN` count. */
function isNull(text: string, kind: ValueKind): boolean {
  if (kind === "identifier" || kind === "phone" || kind === "status") return false;
  if (kind === "part of a name") return nullOfPart.test(text);
  if (text.length > longestNull && !text.includes(" ")) return false;
  return text.split(" ").every((word) => anyNull.test(word) && word !== "Nan" && word !== "Nil");
}

const looksNull = (text: string) =>
  (/^(?:null|none|nil|nan)$/.test(text.toLowerCase()) && text !== "Nan") || !/\p{L}/u.test(text);
