import { isInexact, parseExactly } from "./json-exact.ts";
import { maxCellLength, maxColumns, type Row, type RowProblem } from "./format.ts";

// One record of a JSON document or of a line. JSON.parse reads it, and a walk over the value finds what JSON.parse may have lost, at a small part
// of the cost of parsing.

/** How deep lists and objects may lie in each other. */
export const maxDepth = 64;

/** Why a record is refused. */
type RecordProblem =
  | "json-invalid"
  | "json-not-an-object"
  | "json-key-twice"
  | "json-too-deep"
  | "json-keys-too-many"
  | "cell-too-long"
  | "record-too-long";

const noProblems: readonly RowProblem[] = [];

/**
 * Reads the text of a record. A number that a double cannot hold becomes the text of its digits.
 */
export function jsonRow(place: string, text: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not kept as a cause: the message of JSON.parse quotes the text. A line break in a string is invalid, and so is a tab: what was
    // refused stays so in a file that repeats it.
    return refused(place, text.replaceAll(/[\r\n]/g, "\t"), "json-invalid");
  }
  const original = oneLine(text);
  if (!isObject(value)) return refused(place, original, "json-not-an-object");
  const found = survey(value, text.includes("\\"));
  if (found.problem !== undefined) return refused(place, original, found.problem);
  const hasKeyTwice = losesKey(text, value, found);
  if (hasKeyTwice === true && !found.hasEscape) return refused(place, original, "json-key-twice");
  // V8 may take a key with an escape for another one of the same object, so that it is lost and came once (json-exact.ts).
  if (hasKeyTwice !== false || found.isInexact || found.hasBackslashKey) {
    const exact = parseExactly(text);
    if (exact.hasKeyTwice) return refused(place, original, "json-key-twice");
    value = exact.value;
  }
  return { place, values: value as Record<string, unknown>, original: [original], problems: noProblems };
}

/** A record that is longer than `maxRecordLength`. */
export function overlongRow(place: string): Row {
  return refused(place, "", "record-too-long");
}

/** The row of a record that another parser has read, which refuses keys that come twice. */
export function rowOfValue(place: string, value: unknown): Row {
  const problem = isObject(value) ? survey(value, false).problem : "json-not-an-object";
  const original = problem === "json-too-deep" ? "" : JSON.stringify(value);
  return problem === undefined
    ? { place, values: value as Record<string, unknown>, original: [original], problems: noProblems }
    : refused(place, original, problem);
}

function refused(place: string, original: string, code: RecordProblem): Row {
  return { place, values: undefined, original: [original], problems: [{ code }] };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Line breaks of valid JSON are outside its strings. */
function oneLine(text: string): string {
  return text.includes("\n") || text.includes("\r") ? text.replaceAll(/[\r\n][ \t\r\n]*/g, " ").trim() : text;
}

/** What is found in a value. */
interface Survey {
  keys: number;
  /** The least length of a text that says the value. */
  length: number;
  /** Whether the text has a backslash, so that a key may be wrong. */
  readonly hasEscape: boolean;
  hasBackslashKey: boolean;
  /** Whether a number was rounded. */
  isInexact: boolean;
  problem: RecordProblem | undefined;
}

function survey(value: object, hasEscape: boolean): Survey {
  const found: Survey = {
    keys: 0,
    length: 0,
    hasEscape,
    hasBackslashKey: false,
    isInexact: false,
    problem: undefined,
  };
  surveyContainer(value, 1, found);
  return found;
}

function surveyContainer(container: object, depth: number, found: Survey): void {
  if (depth > maxDepth) {
    found.problem = "json-too-deep";
    return;
  }
  let commas = -1;
  if (Array.isArray(container)) {
    for (let index = 0; index < container.length; index += 1) surveyValue(container[index], depth, found);
    commas += container.length;
  } else {
    let keys = 0;
    // `for … in` is several times faster than Object.entries; the prototype of what JSON.parse makes has nothing to enumerate.
    for (const key in container) {
      keys += 1;
      if (key.length > maxCellLength) found.problem ??= "cell-too-long";
      if (found.hasEscape && key.includes("\\")) found.hasBackslashKey = true;
      found.length += key.length + 3;
      surveyValue((container as Record<string, unknown>)[key], depth, found);
    }
    if (keys > maxColumns) found.problem ??= "json-keys-too-many";
    found.keys += keys;
    commas += keys;
  }
  found.length += 2 + Math.max(0, commas);
}

function surveyValue(value: unknown, depth: number, found: Survey): void {
  if (typeof value === "string") {
    if (value.length > maxCellLength) found.problem ??= "cell-too-long";
    found.length += value.length + 2;
  } else if (typeof value === "object" && value !== null) {
    surveyContainer(value, depth + 1, found);
  } else if (typeof value === "number") {
    if (isInexact(value)) found.isInexact = true;
    found.length += 1;
  } else {
    found.length += value === false ? 5 : 4;
  }
}

/**
 * Whether an object has a key twice, of which JSON.parse keeps the last; `undefined` where this does not say. A text has at least 5 characters
 * for a key that was lost (`"":1,`). If it has them, colons decide: each key is followed by one, so a key was lost when the text has more colons
 * than the value has keys, and colons in its texts, unless a colon is written as an escape.
 */
function losesKey(text: string, value: object, { keys, length, hasEscape }: Survey): boolean | undefined {
  if (text.length < length + 5) return false;
  if (hasEscape && text.includes(String.raw`\u003`)) return undefined;
  const more = colonsIn(text) - keys;
  return more > 0 && more > colonsInTexts(value);
}

function colonsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at !== -1; at = text.indexOf(":", at + 1)) count += 1;
  return count;
}

function colonsInTexts(value: unknown): number {
  if (typeof value === "string") return colonsIn(value);
  let count = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) count += colonsInTexts(value[index]);
  } else if (typeof value === "object" && value !== null) {
    for (const key in value) count += colonsIn(key) + colonsInTexts((value as Record<string, unknown>)[key]);
  }
  return count;
}
