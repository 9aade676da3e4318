import { recordMaker, type RecordMaker } from "#lib/fields/record-maker.ts";
import type { Row, RowProblem, Table } from "#lib/formats/format.ts";

// The rows of an import as lines of NDJSON of our own: the plan writes them once, while it reads the file to its end, and chunks are ranges of
// them. So a format need not know how to read on in the middle of its file, and no file is decoded twice.

/** A row at its place among the stored rows. */
export interface StoredRow extends Row {
  /** The first byte of its line, counted from 0: it names the row within the import. */
  readonly start: number;
}

/** One line. A table with columns stores cells, one without stores the record itself. */
interface Line {
  readonly place: string;
  readonly cells?: readonly string[];
  readonly record?: Readonly<Record<string, unknown>>;
  /** The record cannot be read: `cells` is the original text. */
  readonly unread?: true;
  readonly problems?: readonly RowProblem[];
  readonly notes?: readonly RowProblem[];
}

/** A row as a line, with its line feed. */
export function rowLine(
  { place, values, original, problems, notes = [] }: Row,
  columns: Table["columns"],
): string {
  const isRecord = values !== undefined && columns === undefined;
  // The cells of a whole row are filled up again: a table of a thousand columns may have a value in a few of them only.
  const isWhole = values !== undefined && problems.length === 0;
  if (isWhole && !isRecord && notes.length === 0)
    return `${JSON.stringify({ place, cells: withoutEmptyEnd(original) } satisfies Line)}\n`;
  const line: Line = {
    place,
    ...(isRecord ? { record: values } : { cells: isWhole ? withoutEmptyEnd(original) : original }),
    ...(values === undefined && { unread: true }),
    ...(problems.length > 0 && { problems }),
    ...(notes.length > 0 && { notes }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** What is needed to read stored rows: what the file says of all its rows. */
export interface StoredTable {
  readonly columns: Table["columns"];
  /** See `TableEnd`. */
  readonly filledColumns?: number;
}

/** The rows in a range of the stored rows, which begins and ends with a whole line. */
export function* storedRows(bytes: Buffer, start: number, table: StoredTable): Generator<StoredRow, void> {
  const valuesOf = table.columns && recordMaker<string>(table.columns);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(lineFeed, at);
    const line = JSON.parse(bytes.toString("utf8", at, end)) as Line;
    yield rowOf(line, start + at, table, valuesOf);
    at = end + 1;
  }
}

const lineFeed = 10;

const none: readonly RowProblem[] = [];

function rowOf(
  { place, cells = [], record, unread, problems = none, notes = none }: Line,
  start: number,
  { columns, filledColumns }: StoredTable,
  valuesOf: RecordMaker<string> | undefined,
): StoredRow {
  if (record) return { place, values: record, original: [JSON.stringify(record)], problems, notes, start };
  if (problems.length === 0 && unread !== true) {
    const original = filledUp(cells, columns?.length);
    return { place, values: valuesOf?.(original), original, problems, notes, start };
  }
  const original = cells;
  const isShort = problems.some(({ code }) => code === columnsMissing);
  // Excel leaves out empty cells at the end of a row. Nothing is missing where no row of the whole file has a value there.
  const isWhole = isShort && filledColumns !== undefined && original.length >= filledColumns;
  const left = isWhole ? problems.filter(({ code }) => code !== columnsMissing) : problems;
  const isRead = unread !== true && (isWhole || !isShort);
  const values = isRead ? valuesOf?.(filledUp(original, columns?.length)) : undefined;
  return { place, values, original, problems: left, notes, start };
}

function withoutEmptyEnd(cells: readonly string[]): readonly string[] {
  const count = cells.findLastIndex((cell) => cell !== "") + 1;
  return count === cells.length ? cells : cells.slice(0, count);
}

const filledUp = (cells: readonly string[], count = cells.length): readonly string[] =>
  cells.length >= count ? cells : [...cells, ...Array<string>(count - cells.length).fill("")];

/** The problem of a record with fewer cells than there are columns. */
const columnsMissing = "columns-missing";
