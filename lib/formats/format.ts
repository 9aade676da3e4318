// The contract of a file format. This file imports nothing; the other files of lib/formats import it.

/** Why a row is refused: a constant text in kebab-case, and the column it is about as the file names it. Never a value. */
export interface RowProblem {
  readonly code: string;
  readonly column?: string;
}

/** One record of a file. */
export interface Row {
  /** The line it starts on, counted from 1, as an editor shows it. */
  readonly row: number;
  /** Its first byte in the file, counted from 0. */
  readonly start: number;
  /**
   * The byte after the last one that was needed to read it. Beyond its own end where a reader had to look further, e.g. for a
   * closing quote.
   */
  readonly end: number;
  /** The columns by name; `undefined` when the record cannot be read, and `problems` says why. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  /** The record as text: its cells in order, or one text where the format has no cells. */
  readonly original: readonly string[];
  readonly problems: readonly RowProblem[];
}

/** A file whose beginning has been read. */
export interface Table {
  /** How it is read, for the summary: the format's name, encoding, delimiter. */
  readonly details: Readonly<Record<string, string>>;
  /** The names of the columns as the file writes them; `undefined` where every row names its own. */
  readonly columns: readonly string[] | undefined;
  /** Can be read once; the reader may stop before the end. A malformed record is a row with problems, and the rows after it follow. */
  readonly rows: AsyncIterable<Row>;
}

/** The part of a table that is needed to read on in the middle of the file. */
export type TableHead = Pick<Table, "details" | "columns">;

/** A file format: one definition object. */
export interface Format {
  /** Its folder: lower case, digits and dashes. */
  readonly name: string;
  /** Endings of its file names, lower case, without the dot. */
  readonly extensions: readonly string[];
  /**
   * Reads the beginning of a file, and the rest while the rows are consumed, in bounded memory and in pieces of any size.
   *
   * @throws InboundError `malformed` with `line N` for a file that cannot be read at all, here or from the rows.
   */
  open(bytes: AsyncIterable<Uint8Array>): Promise<Table>;
  /**
   * Reads on in the middle of a file that was opened before. The bytes begin at the `start` of the row `from`. Gives the rows
   * that `open` gives from there on, as far as the bytes reach their `end`.
   */
  readOn(
    bytes: AsyncIterable<Uint8Array>,
    head: TableHead,
    from: Pick<Row, "row" | "start">,
  ): AsyncIterable<Row>;
}

/** The longest record, in UTF-16 units: far more than one person needs, far less than the memory of a function. */
export const maxRecordLength = 1_048_576;
