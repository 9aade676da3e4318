import type { Encoding } from "#lib/contract/encodings.ts";
import { csvWriter } from "#lib/formats/csv/write.ts";
import { encoderOf } from "#lib/formats/encode.ts";
import { removedMark } from "#lib/fields/removed.ts";
import type { Table, TableDetails } from "#lib/formats/format.ts";
import { explainReason } from "#lib/reasons/explain-reason.ts";
import type { Language } from "#lib/reasons/reason.ts";

/** A row as the file of rejected rows has it. */
interface RejectedRow {
  readonly place: string;
  /** The row as its file has it, secrets blanked. */
  readonly original: readonly string[];
  /** Whether `original` is the JSON of a record. */
  readonly isRecord: boolean;
  /** Every reason, as `column: code`. */
  readonly reasons: readonly string[];
}

/**
 * How the rejected rows of a file are written: in its own format where a person can mend and upload it again, with `row` and `reason` behind
 * the columns of the file. A row that was written with too few or too many cells keeps them, so that it is refused again and not brought
 * into a shape that its writer did not choose.
 */
export interface RejectedFile {
  readonly name: string;
  readonly contentType: string;
  /** What the file begins with. */
  beginning(): Uint8Array;
  record(row: RejectedRow): Uint8Array;
}

/** @param table the file as its plan describes it. */
export function rejectedFile({
  details,
  columns,
}: {
  readonly details: TableDetails;
  readonly columns: Table["columns"];
}): RejectedFile {
  return columns === undefined ? jsonFile() : csvFile(details, columns);
}

const rowColumn = "row";
const reasonColumn = "reason";
const ownColumns = [rowColumn, reasonColumn];

/** The columns of a file without those that `rejected.csv` adds. */
export function withoutOwnColumns(columns: readonly string[]): readonly string[] {
  const isOurs = columns.length > ownColumns.length && columns.slice(-2).join() === ownColumns.join();
  return isOurs ? columns.slice(0, -2) : columns;
}

/** Whether a cell is what `row` holds, blanked or not. A row that lost its last cells, or is one text, keeps what it has. */
const isPlace = (cell = ""): boolean =>
  cell === removedMark || /^'?(?:line \d|.{1,100}(?:!\d|\[\d))/.test(cell);

/** Unused columns, without those of a file of rejected rows that was uploaded again, which are there to be ignored. */
export function unusedOfFile(unused: readonly string[]): readonly string[] {
  const hasBoth = ownColumns.every((column) => unused.includes(column));
  return hasBoth ? unused.filter((column) => !ownColumns.includes(column)) : unused;
}

function csvFile({ format, encoding, delimiter }: TableDetails, columns: readonly string[]): RejectedFile {
  const { charset, languages, mark } = textOf(format === "csv" ? encoding : undefined);
  const encode = encoderOf(charset);
  const record = csvWriter({ delimiter: delimiter === "tab" ? "\t" : (delimiter ?? ",") });
  // A file that came out of here once has the two columns already: they are written anew.
  const own = withoutOwnColumns(columns);
  const bare = (cells: readonly string[]) =>
    own !== columns && isPlace(cells.at(-2)) ? cells.slice(0, -2) : cells;
  // A row that was read may end before its last columns.
  const whole = (cells: readonly string[]) => own.map((_, index) => cells[index] ?? "");
  return {
    name: delimiter === "tab" ? "rejected.tsv" : "rejected.csv",
    contentType: `text/csv; charset=${charset}`,
    beginning: () => encode(mark + record([...own, ...ownColumns])),
    record: ({ place, original, isRecord, reasons }) =>
      encode(
        record([
          ...(isRecord ? whole(original) : bare(original)),
          place,
          reasons.map((reason) => explained(reason, languages)).join("; "),
        ]),
      ),
  };
}

function jsonFile(): RejectedFile {
  return {
    name: "rejected.ndjson",
    contentType: "application/x-ndjson",
    beginning: () => new Uint8Array(),
    record({ place, original, isRecord, reasons }) {
      const record: object = isRecord ? JSON.parse(original[0] ?? "{}") : { original: original[0] ?? "" };
      const why = reasons.map((each) => explained(each, ["en", "zh"])).join("; ");
      return Buffer.from(`${JSON.stringify({ ...record, [rowColumn]: place, [reasonColumn]: why })}\n`);
    },
  };
}

/** Encodings that hold every character, so that rejected rows are written as the file was. */
const wholeEncodings = new Set(["utf-8", "utf-16le", "utf-16be", "gb18030"]);

function textOf(encoding: string | undefined): {
  charset: Encoding;
  languages: readonly Language[];
  mark: string;
} {
  if (encoding === "windows-1252") return { charset: encoding, languages: ["en"], mark: "" };
  const isWhole = encoding !== undefined && wholeEncodings.has(encoding);
  return {
    charset: isWhole ? (encoding as Encoding) : "utf-8",
    languages: ["en", "zh"],
    // Without a byte order mark Excel reads UTF-8 in the code page of the computer.
    mark: encoding === "gb18030" ? "" : "\uFEFF",
  };
}

/** `column: code (what it means)`. The code stays, since programs and commands go by it. */
function explained(told: string, languages: readonly Language[]): string {
  const code = told.slice(told.lastIndexOf(": ") + 1).trim();
  const means = languages.flatMap((language) => explainReason(code, { language })?.means ?? []);
  return means.length === 0 ? told : `${told} (${means.join(" ")})`;
}
