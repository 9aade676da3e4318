// The contract of a file format. At run time this file imports nothing; everything else in lib/formats imports it.

/** Why a row is refused: a constant text in kebab-case, and the column it is about as the file names it. Never a value. */
export interface RowProblem {
  readonly code: string;
  readonly column?: string;
}

/** One record of a file. */
export interface Row {
  /** Where a person finds it: the line it starts on, counted from 1. */
  readonly row: number;
  /** The byte of the file that it starts at, counted from 0. */
  readonly start: number;
  /** The byte before which stands all that tells what it is: seldom beyond its own end, where a quote was looked for there. */
  readonly end: number;
  /** The columns by name; `undefined` when the record cannot be read, and `problems` says why. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  /** What was written, as text: the cells in order; one text where there are no cells. */
  readonly original: readonly string[];
  readonly problems: readonly RowProblem[];
}

/** A file whose beginning has been read. */
export interface Table {
  /** How it is read, for the report: the format's name, encoding, delimiter. */
  readonly details: Readonly<Record<string, string>>;
  /** The names of the columns as the file writes them; `undefined` where every row names its own. */
  readonly columns: readonly string[] | undefined;
  /** To be read once, to the end or not. A record that is wrong is a row with problems; the others go on. */
  readonly rows: AsyncIterable<Row>;
}

/** What has to be kept of a table to read on in the middle of it. */
export type TableHead = Pick<Table, "details" | "columns">;

/** Everything there is to know about a file format, in one object. */
export interface Format {
  /** Its folder: lower case, digits and dashes. */
  readonly name: string;
  /** How the names of its files end, lower case, without the dot. */
  readonly extensions: readonly string[];
  /**
   * Reads the beginning of a file, and the rest as the rows are asked for: in bounded memory, whatever pieces it comes in.
   *
   * @throws InboundError `malformed` with `line N` for a file that cannot be read at all, here or from the rows.
   */
  open(bytes: AsyncIterable<Uint8Array>): Promise<Table>;
  /**
   * Reads on in the middle of a file that was opened before. The bytes begin at the `start` of a row; the rows are those
   * that `open` gives from there, for as long as the bytes reach to their `end`.
   */
  readOn(
    bytes: AsyncIterable<Uint8Array>,
    head: TableHead,
    from: Pick<Row, "row" | "start">,
  ): AsyncIterable<Row>;
}

/** The longest record, in UTF-16 units: far above any person, far below what memory has. */
export const maxRecordLength = 1_048_576;
