import { normalized } from "#lib/fields/clean-text.ts";
import { plainWord } from "#lib/fields/encode.ts";
import type { ColumnNames } from "./column-names.ts";

/** What a name of a column means: our field, and how well known this meaning is: 0 is the best. */
export interface Meaning<Field extends string> {
  readonly field: Field;
  readonly rank: number;
}

/** Which field of ours each column of a file holds. */
export interface Columns<Field extends string> {
  /** Our field → the name of its column as the file writes it. */
  readonly names: ReadonlyMap<Field, string>;
  /** Columns that are no field of ours. */
  readonly unmapped: readonly string[];
  /** Columns that are not read, since another one holds the same field by a better known name. */
  readonly leftOut: readonly { readonly column: string; readonly chosen: string }[];
  /** Columns that mean the same, so that it is unclear which of them counts; the first such group. */
  readonly ambiguous: readonly string[];
}

/** Fields that exclude each other: one may say that an account is open, and the other that it is closed. */
const exclusive: readonly string[] = ["status", "accountEnabled", "accountDisabled"];

/** Maps the columns of a file to our fields by what `meaningOf` says of each. */
export function mapColumns<Field extends string>(
  columns: readonly string[],
  meaningOf: (column: string) => Meaning<Field> | undefined,
): Columns<Field> {
  const found = new Map<Field, { column: string; rank: number }[]>();
  const unmapped: string[] = [];
  for (const column of columns) {
    const meaning = meaningOf(column);
    if (meaning === undefined) {
      if (column !== "") unmapped.push(column);
      continue;
    }
    const { field, rank } = meaning;
    const others = found.get(field);
    if (others) others.push({ column, rank });
    else found.set(field, [{ column, rank }]);
  }

  const names = new Map<Field, string>();
  const leftOut: { column: string; chosen: string }[] = [];
  const equals: string[][] = [];
  for (const [field, candidates] of found) {
    const best = candidates.reduce((lowest, { rank }) => Math.min(lowest, rank), Number.POSITIVE_INFINITY);
    const chosen = candidates.filter(({ rank }) => rank === best).map(({ column }) => column);
    const [first = ""] = chosen;
    names.set(field, first);
    equals.push(chosen);
    for (const { column, rank } of candidates) if (rank > best) leftOut.push({ column, chosen: first });
  }
  equals.push(exclusive.flatMap((field) => names.get(field as Field) ?? []));
  return { names, unmapped, leftOut, ambiguous: equals.find((group) => group.length > 1) ?? [] };
}

/** What every name means. Throws a TypeError for a name that two fields have, which is a mistake in `column-names.ts`. */
export function meaningsOf<Field extends string>(
  columnNames: ColumnNames<Field>,
): ReadonlyMap<string, Meaning<Field>> {
  const meanings = new Map<string, Meaning<Field>>();
  for (const [field, lists] of Object.entries(columnNames) as [Field, readonly (readonly string[])[]][]) {
    const own = normalizedName(field);
    const isListed = lists.some((names) => names.includes(own));
    const add = (name: string, rank: number) => {
      const other = meanings.get(name)?.field;
      if (other !== undefined) throw new TypeError(`column "${name}" is both ${other} and ${field}`);
      meanings.set(name, { field, rank });
    };
    if (!isListed) add(own, 0);
    for (const [rank, names] of lists.entries()) for (const name of names) add(name, rank);
  }
  return meanings;
}

/** What templates write behind the name of a column, in brackets: whether it must be filled, and how its values are written. */
const marks =
  /\((?:必填|必填项|必须|选填|选填项|可选|非必填|required|mandatory|optional|是\/否|yes\/no|y\/n|true\/false|秒|s|sec|secs|seconds|位|\d{1,2}位|[ymd年月日/]{1,16})\)|\[[^[\]]*\]|【[^【】]*】/g;

/**
 * The name of a column without what templates add: case, spaces, `_ - .`, `*`, `（必填）`, `（选填）`, `(optional)`, `[Required]`, `(yyyy-mm-dd)`.
 * A bracket ends at the next one of either kind: looked for beyond, each of many open brackets would be followed to the end of the name.
 */
export function normalizedName(column: string): string {
  return normalized(column, "NFKC")
    .toLowerCase()
    .replaceAll(/[\s\p{Default_Ignorable_Code_Point}_.*-]+/gu, "")
    .replaceAll(marks, "");
}

/** Whether the `type` in a row of people is that of its secret; most often it is a type of employees, which refuses no secret. */
export function isTokenType(value: unknown): boolean {
  return /otp|ocra|steam|yubi/.test(plainWord(value));
}

/** An apostrophe belongs to a password. */
const asWritten: ReadonlySet<string> = new Set(["password", "passwordHash", "salt"]);

/**
 * The cell of a column that holds this field: without the `'` that a spreadsheet, or our own `rejected.csv`, puts before a digit or before
 * the first character of a formula. Names such as `constructor` are the file's, never JavaScript's.
 */
export function cellOf(values: Readonly<Record<string, unknown>>, column: string, field: string): unknown {
  const value = values[column];
  // Nothing that is inherited is text.
  if (typeof value !== "string") return Object.hasOwn(values, column) ? value : undefined;
  return mayBeginMarked(value.charCodeAt(0)) && value.includes("'") && !asWritten.has(field)
    ? value.replace(/^([\s\p{Default_Ignorable_Code_Point}]*)'(?=[=+\-@＝＋－＠\t\r\n\d])/u, "$1")
    : value;
}

/** Whether a text may begin with the apostrophe, or with what cannot be seen before it: any but most of ASCII and Chinese characters. */
const mayBeginMarked = (first: number): boolean =>
  first <= 0x27 || (first >= 0x7f && (first < 0x4e00 || first >= 0xa000));

/** Whether two lists of texts are equal. */
export function isSameList(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
