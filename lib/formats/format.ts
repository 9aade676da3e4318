import type { ByteRange } from "#lib/contract/objects.ts";

// The contract of a file format: bytes of a file → rows. A format knows how a file is written (CSV, XLSX, a JSON document …); which
// product wrote it, and what its columns mean, is a layout's (lib/layouts/layout.ts).

/** Why a row is refused, or what is unusual about it: a constant text in kebab-case, and the column it is about as the file names it. Never a value. */
export interface RowProblem {
  readonly code: string;
  readonly column?: string;
}

/** One record of a file. */
export interface Row {
  /**
   * Where it is, as a person finds it: `line 7`, `Sheet1!7`, `users[12]`. Names of the file's structure and numbers, never a value;
   * no two rows of a file have the same place.
   */
  readonly place: string;
  /** The columns by name; `undefined` when the record cannot be read, and `problems` says why. */
  readonly values: Readonly<Record<string, unknown>> | undefined;
  /** The record as text: its cells in order, or one text, the JSON of the record, where the table has no columns. */
  readonly original: readonly string[];
  readonly problems: readonly RowProblem[];
  /** What was mended in it, or is unusual. */
  readonly notes?: readonly RowProblem[];
}

/** How a file is read, for the summary and for the results, which are written alike: names and codes, no value of the file. */
export interface TableDetails {
  /** The format's name. */
  readonly format: string;
  /** The encoding of the text, e.g. `gb18030`; absent for a binary format. */
  readonly encoding?: string;
  /** Of CSV: the delimiter, a tab as `tab`. */
  readonly delimiter?: string;
  /** What else a reader of the summary would ask: why this encoding, which sheet, which line holds the header. */
  readonly [more: string]: string | undefined;
}

/** A file whose beginning has been read. */
export interface Table {
  readonly details: TableDetails;
  /** The names of the columns as the file writes them; `undefined` where every row names its own. */
  readonly columns: readonly string[] | undefined;
  /** Where the records are in a JSON document, as a layout's `lists` writes it. */
  readonly list?: string;
  /** Of a JSON document, what stands beside the list of the records under the names that were asked for, before or behind it. */
  readonly around?: Readonly<Record<string, unknown>>;
  /** Can be read once; the reader may stop before the end. A malformed record is a row with problems, and the rows after it follow. */
  readonly rows: AsyncIterable<Row>;
  /** What is known only once the last row was read. */
  end?(): TableEnd;
}

/** What a table says of itself after its last row. */
export interface TableEnd {
  /**
   * How many columns, from the first one on, hold a value anywhere. A record that ends before its last columns is whole when all
   * it lacks is empty in every record: Excel leaves out empty cells at the end of a row. Absent: each record must be complete.
   */
  readonly filledColumns?: number;
  /** More for the summary, e.g. how many rows are hidden. */
  readonly details?: Readonly<Record<string, string>>;
}

/** The text of a file, decoded. */
export interface FileText {
  /** A name of the Encoding Standard, e.g. `utf-8`, `gb18030`. */
  readonly encoding: string;
  /** How it was found: `byte-order-mark`, `valid-utf-8`, `configured`, … */
  readonly why: string;
  /** The first characters, at most 65,536, without a byte order mark. */
  readonly head: string;
  /** The whole text from its beginning, in pieces of any size, without a byte order mark. Throws `malformed` `text-not-<encoding>` with `line N`. */
  pieces(): AsyncGenerator<string, void>;
}

/** A file that was taken out of its container (gzip, or a zip of one file), and can be read any number of times. */
export interface OpenFile {
  /** Its name in lower case, without folders and without the endings of containers: `people.csv` of `…/People.csv.gz`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The first bytes, at most 65,536. */
  readonly head: Uint8Array;
  /** The bytes, or a range of them, in pieces of any size. Throws `malformed` for a container that is damaged, `oversized` beyond the limits. */
  bytes(range?: ByteRange): AsyncIterable<Uint8Array>;
  /** `undefined` for a binary file. */
  readonly text?: FileText;
}

/** Records without a header, which a layout recognises by their cells. */
export interface Headerless {
  /** The names of the columns. */
  readonly columns: readonly string[];
  /** Whether these are its first records. A record may have fewer cells than `columns`. */
  recognizes(records: readonly (readonly string[])[]): boolean;
}

/** What a format is told of who reads the rows, and of the configuration. */
export interface ReadContext {
  /** Whether a name is the name of a column that a layout reads: by it a format finds the header among other lines. */
  knows(name: string): boolean;
  /** Where layouts find records in a JSON document: names joined by dots, `[]` for each element of a list: `users`, `[].users`. */
  readonly lists: readonly string[];
  /** Names of members beside a list of records that say something of all of them, e.g. `options`. */
  readonly around: readonly string[];
  readonly headerless: readonly Headerless[];
  /** The sheet to read; absent: the first one. */
  readonly sheet?: string;
  /** The delimiter of CSV, where the configuration says it. */
  readonly delimiter?: string;
  /** Keys and passwords of encrypted files, of the secret `uploads`. Throws `malformed` `uploads-secret-unusable` where there is none. */
  keys(): Promise<FileKeys>;
}

/** Keys and passwords of encrypted files. */
export interface FileKeys {
  /** Pre-shared keys of PSKC files, in hexadecimal or base64, by key name; `""` for a file that names none. */
  readonly pskcKeys?: Readonly<Record<string, string>>;
  /** The password of PSKC files whose key is derived from one. */
  readonly pskcPassword?: string;
}

/** A file format: one definition object. */
export interface Format {
  /** Its folder: lower case, digits and dashes. */
  readonly name: string;
  /** How people call it, e.g. `Excel workbook (.xlsx)`. */
  readonly title: string;
  /** Any text may be meant as this format: it is asked last, and only for text that is of no known other kind. */
  readonly readsAnyText?: true;
  /** Endings of its file names, lower case, without the dot. */
  readonly extensions: readonly string[];
  /** Whether a file is written in it, by its content; the name breaks ties. The first format of the registry that says yes reads the file. */
  recognizes(file: OpenFile): boolean;
  /**
   * Reads the beginning of a file, and the rest while the rows are consumed, in bounded memory.
   *
   * @throws InboundError `malformed` or `oversized` with the place for a file that cannot be read at all, here or from the rows.
   */
  open(file: OpenFile, context: ReadContext): Promise<Table>;
}

/** The longest record, in UTF-16 units: far more than one person needs, far less than the memory of a function. */
export const maxRecordLength = 1_048_576;
/** The longest cell, in UTF-16 units. A longer one costs its row, not the file. */
export const maxCellLength = 65_536;
/** The longest name of a column: each row is read by the names of all its columns. */
export const maxColumnName = 1_000;
/** The most columns of a file. */
export const maxColumns = 1_000;
/** The most rows of a file. */
export const maxRows = 20_000_000;
