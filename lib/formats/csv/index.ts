import { InboundError } from "#lib/contract/errors.ts";
import type { Format, Row, Table } from "#lib/formats/format.ts";
import { eachRow } from "#lib/formats/row-batches.ts";
import { isComment, readBeginning, sampleRecords, type Beginning } from "./beginning.ts";
import { findDialect, type Dialect } from "./dialect.ts";
import { recordScanner, type RecordScanner } from "./records.ts";
import { rowMaker, type RowMaker } from "./rows.ts";
import { shapeOf, type Shape } from "./shape.ts";

const extensions = ["csv", "tsv", "tab", "psv", "txt"];

/**
 * Comma-separated values by RFC 4180 and as spreadsheets and products write them: delimiters `, ; | tab`, any line end, blank lines, lines
 * above the header, a delimiter at the end of each line. A record with more cells than columns is a row with a problem; one with
 * fewer is, too, unless Excel wrote it (see rows.ts).
 */
const csv: Format = {
  name: "csv",
  title: "CSV",
  readsAnyText: true,
  extensions,
  recognizes({ name, text }) {
    if (text === undefined) return false;
    if (extensions.includes(name.slice(name.lastIndexOf(".") + 1))) return true;
    return !/^\s*[<{[]/.test(text.head) && isTable(text.head);
  },
  async open({ text }, context): Promise<Table> {
    if (text === undefined) throw new InboundError("malformed", "file-is-binary");
    const pieces = text.pieces();
    try {
      const beginning = await readBeginning(pieces);
      const dialect = findDialect(beginning, context);
      const shape = shapeOf(dialect, context);
      const maker = rowMaker(shape);
      return {
        details: {
          format: "csv",
          encoding: text.encoding,
          encodingFound: text.why,
          ...detailsOf(beginning, dialect, shape),
        },
        columns: shape.columns,
        rows: eachRow(rowsOf(pieces, scannerBelow(beginning, dialect), maker)),
        end: () => maker.end(),
      };
    } catch (error) {
      await pieces.return();
      throw error;
    }
  },
};
export default csv;

/** Whether a text without the name of a CSV is one: its first records have the same number of cells, more than one. */
function isTable(head: string): boolean {
  const beginning = { text: head, isLast: false, start: 0, line: 1 };
  return [",", ";", "\t", "|"].some((delimiter) => {
    const widths = sampleRecords(beginning, delimiter).map(({ cells }) => cells.length);
    return widths.length > 1 && (widths[0] as number) > 1 && widths.every((width) => width === widths[0]);
  });
}

function detailsOf(
  { text, start }: Beginning,
  { delimiter, records, header }: Dialect,
  { columns, width, isHeaderless }: Shape,
): Readonly<Record<string, string>> {
  const line = header === undefined ? 1 : (records[header]?.line ?? 1);
  const above = records.slice(0, header).filter((record) => !isComment(record)).length;
  const lineEnd = /\r\n|\n|\r/.exec(text.slice(start))?.[0] ?? "\r\n";
  return {
    delimiter: delimiter === "\t" ? "tab" : delimiter,
    lineEnd: lineEnd === "\r\n" ? "CRLF" : lineEnd === "\n" ? "LF" : "CR",
    ...(isHeaderless && { header: "none" }),
    ...(line > 1 && { headerLine: String(line) }),
    ...(above > 0 && !isHeaderless && { recordsAboveHeader: String(above) }),
    ...(width > columns.length && { delimiterAtLineEnd: "yes" }),
  };
}

/** A scanner that starts below the header; of a file without one, below the comments at its beginning. */
function scannerBelow(
  { text, start, line, isLast }: Beginning,
  { delimiter, records, header }: Dialect,
): RecordScanner {
  const first = records.findIndex((record) => !isComment(record));
  const last = records[header ?? (first === -1 ? records.length : first) - 1];
  const scanner = recordScanner(delimiter, last?.nextLine ?? line);
  scanner.add(text.slice(last?.end ?? start), isLast);
  return scanner;
}

/** A quote that is never closed gives a million units at once, which may be half a million records. */
const rowsAtOnce = 1_000;

/** The rows of the records in each piece of text. */
async function* rowsOf(
  pieces: AsyncGenerator<string, void>,
  scanner: RecordScanner,
  maker: RowMaker,
): AsyncGenerator<readonly Row[], void> {
  try {
    for (let isLast = false; ;) {
      let rows: Row[] = [];
      for (let record = scanner.next(); record !== undefined; record = scanner.next()) {
        const row = maker.rowOf(record);
        if (row !== undefined) rows.push(row);
        if (rows.length < rowsAtOnce) continue;
        yield rows;
        rows = [];
      }
      if (rows.length > 0) yield rows;
      if (isLast) return;
      // At least a part of what is left: a long record is scanned again with each addition, three times in all.
      const wanted = Math.max(1, scanner.leftLength() / 2);
      let more = "";
      while (!isLast && more.length < wanted) {
        const next = await pieces.next();
        if (next.done) isLast = true;
        else more += next.value;
      }
      scanner.add(more, isLast);
    }
  } finally {
    await pieces.return();
  }
}
