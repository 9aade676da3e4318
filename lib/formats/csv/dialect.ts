import { InboundError } from "#lib/contract/errors.ts";
import type { Headerless, ReadContext } from "#lib/formats/format.ts";
import { isComment, sampleRecords, type Beginning, type SampledRecord } from "./beginning.ts";

/** How a file is written. */
export interface Dialect {
  readonly delimiter: string;
  /** The first records by it. */
  readonly records: readonly SampledRecord[];
  /** Which of the records names the columns; `undefined` in a file without a header. */
  readonly header: number | undefined;
  /** What recognised a file without a header. */
  readonly headerless?: Headerless;
}

interface Candidate extends Dialect {
  /** How many names of columns are known. */
  readonly known: number;
}

const delimiters = [",", ";", "\t", "|"];
/** Among how many records the header is searched for. */
const headerRecords = 20;

/**
 * Finds the delimiter and the header of a file. The delimiter: that of the configuration, else of a line `sep=;`, else the one by which
 * most names of columns are known, or by which a table without a header is recognised, else the one that cuts the most records
 * into equally many cells. A file with one column has commas.
 *
 * @throws InboundError `malformed` `delimiter-ambiguous` when two delimiters fit equally well.
 */
export function findDialect(beginning: Beginning, context: ReadContext): Dialect {
  const said = context.delimiter ?? beginning.stated;
  const candidates = (said === undefined ? delimiters : [said]).map((delimiter) =>
    candidateOf(delimiter, sampleRecords(beginning, delimiter), context),
  );
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;

  const several = candidates.filter(({ records }) => usualWidth(records).width > 1);
  const best = highest(several, ({ known }) => known);
  const recognized = best.filter(({ headerless }) => headerless !== undefined);
  const fitting = highest(recognized.length > 0 ? recognized : best, evenness);
  if (fitting.length > 1) {
    throw new InboundError("malformed", "delimiter-ambiguous", {
      path: "line 1",
      hint: "put a line sep=, or sep=; above the header",
    });
  }
  return fitting[0] ?? (only as Candidate);
}

/** The elements with the highest value. */
function highest<Element>(elements: readonly Element[], value: (element: Element) => number): Element[] {
  const most = Math.max(...elements.map(value));
  return elements.filter((element) => value(element) === most);
}

/** How evenly a delimiter cuts the records: the share of those with the usual width, squared, for each delimiter of such a record. */
function evenness({ records }: Dialect): number {
  const { width, share } = usualWidth(records);
  return share * share * (width - 1);
}

/** The most frequent number of cells, of those the greatest, and which share of the records has it. */
function usualWidth(records: readonly SampledRecord[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  const table = records.filter((record) => !isComment(record));
  for (const { cells } of table) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width, count] = [...counts].toSorted(([aWidth, a], [bWidth, b]) => b - a || bWidth - aWidth)[0] ?? [
    0, 0,
  ];
  return { width, share: count / Math.max(1, table.length) };
}

/**
 * The header: the record with the most names that are known, of the first 20, since titles, instructions and comments stand above a
 * table. A table without a header is asked for where hardly a name is known: a value, `totp`, may be the name of a column, too.
 */
function candidateOf(delimiter: string, records: readonly SampledRecord[], context: ReadContext): Candidate {
  const counts = records
    .slice(0, headerRecords)
    .map(({ cells, problem }) =>
      problem === undefined ? cells.filter((cell) => isName(cell) && context.knows(cell)).length : 0,
    );
  const known = Math.max(0, ...counts);
  const header = counts.indexOf(known);
  const isCertain = known > 1 && isHeader(records, header, known);
  const table = records.filter((record) => !isComment(record));
  const cells = table.map((record) => record.cells);
  const headerless =
    isCertain || cells.length === 0 ? undefined : context.headerless.find((shape) => shape.recognizes(cells));
  if (headerless) return { delimiter, records, header: undefined, headerless, known };
  if (known > 0 && isHeader(records, header, known)) return { delimiter, records, header, known };
  const first = records.findIndex((record) => !isComment(record));
  return { delimiter, records, header: first === -1 ? undefined : first, known: 0 };
}

/**
 * Whether names that are known make a record the header. A value may be such a name, too, `email` in a column of channels: then the
 * records above it are filled like it, and most of its cells are no such names.
 */
function isHeader(records: readonly SampledRecord[], at: number, known: number): boolean {
  const width = filled(records[at]);
  return (
    records.slice(0, at).every((above) => isComment(above) || filled(above) < width) ||
    (known > 1 && known * 2 >= width)
  );
}

/** In UTF-16 units. A longer cell is no name, and what looks at names is not made for it. */
const maxNameLength = 256;
const isName = (cell: string) => cell.length <= maxNameLength && cell.trim() !== "";

/** How many cells hold a value. */
const filled = (record: SampledRecord | undefined) =>
  record?.cells.filter((cell) => cell.trim() !== "").length ?? 0;
