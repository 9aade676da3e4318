import { byteLength, byteOrderMark, decodeText } from "#lib/formats/decode.ts";
import { maxRecordLength, type Format, type Row } from "#lib/formats/format.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { findDelimiter, isBlank } from "./delimiter.ts";
import { scanRecord, type CsvRecord } from "./records.ts";

/** How much text the delimiter is detected by, in UTF-16 units. */
const headLength = 4096;

interface NumberedRecord extends CsvRecord {
  readonly line: number;
  /** `start` and `end` of the row. */
  readonly bytes: { readonly start: number; readonly end: number };
}

/**
 * Comma-separated values by RFC 4180 and as spreadsheets write them: delimiters `, ; | tab`, a `sep=` line, any line end, blank
 * lines. The first record names the columns. A record with more or fewer cells is a row with a problem; it is never padded.
 */
const csv: Format = {
  name: "csv",
  extensions: ["csv", "tsv", "txt"],
  async open(bytes) {
    const pieces = decodeText(bytes);
    let head = "";
    let isLast = false;
    while (!isLast && head.length < headLength) {
      const next = await pieces.next();
      if (next.done) isLast = true;
      else head += next.value;
    }
    const mark = head.startsWith(byteOrderMark) ? 1 : 0;
    const { delimiter, start: told } = findDelimiter(head.slice(mark), isLast);
    const start = mark + told;
    const records = readRecords(pieces, delimiter, {
      text: head,
      start,
      isLast,
      // A sep= line is line 1.
      line: told > 0 ? 2 : 1,
      byte: byteLength(head.slice(0, start)),
    });
    const header = await records.next();
    if (header.done) throw new InboundError("malformed", "header-missing", { path: "line 1" });
    if (header.value.problem !== undefined) {
      throw new InboundError("malformed", `header-${header.value.problem}`, {
        path: `line ${header.value.line}`,
      });
    }
    const columns = header.value.cells.map((cell) => cell.trim());
    return {
      details: { format: "csv", encoding: "utf-8", delimiter: delimiter === "\t" ? "tab" : delimiter },
      columns,
      rows: rowsOf(records, columns),
    };
  },
  readOn(bytes, { details, columns = [] }, { row, start }) {
    const { delimiter = "," } = details;
    const records = readRecords(decodeText(bytes), delimiter === "tab" ? "\t" : delimiter, {
      text: "",
      start: 0,
      isLast: false,
      line: row,
      byte: start,
    });
    return rowsOf(records, columns);
  },
};
export default csv;

async function* rowsOf(
  records: AsyncGenerator<NumberedRecord, void>,
  columns: readonly string[],
): AsyncGenerator<Row, void> {
  for await (const { line, bytes, cells, problem } of records) {
    const difference = cells.length - columns.length;
    const code =
      problem ?? (difference < 0 ? "columns-missing" : difference > 0 ? "columns-extra" : undefined);
    yield code === undefined
      ? { row: line, ...bytes, values: valuesOf(columns, cells), original: cells, problems: [] }
      : { row: line, ...bytes, values: undefined, original: cells, problems: [{ code }] };
  }
}

function valuesOf(columns: readonly string[], cells: readonly string[]): Record<string, string> {
  // Without a prototype, so that a column may have any name.
  const values = Object.create(null) as Record<string, string>;
  for (const [index, column] of columns.entries()) values[column] = cells[index] as string;
  return values;
}

async function* readRecords(
  pieces: AsyncGenerator<string, void>,
  delimiter: string,
  head: { text: string; start: number; isLast: boolean; line: number; byte: number },
): AsyncGenerator<NumberedRecord, void> {
  let { text, start, isLast, line, byte } = head;
  try {
    while (!isLast || start < text.length) {
      const record = scanRecord(text, start, delimiter, isLast);
      if ((record?.end ?? text.length) - start > maxRecordLength) {
        throw new InboundError("malformed", "record-too-long", { path: `line ${line}` });
      }
      if (record === undefined) {
        // The text is doubled each time: a long record that is scanned anew for each small piece would take quadratic time.
        const wanted = 2 * (text.length - start);
        text = text.slice(start);
        start = 0;
        do {
          const next = await pieces.next();
          isLast = next.done === true;
          text += next.value ?? "";
        } while (!isLast && text.length < wanted);
        continue;
      }
      const end = byte + byteLength(text.slice(start, record.end));
      if (record.problem !== undefined || !isBlank(record.cells)) {
        const { readTo = 0 } = record;
        const seen = readTo > record.end ? byte + byteLength(text.slice(start, readTo)) : end;
        yield { ...record, line, bytes: { start: byte, end: seen } };
      }
      byte = end;
      start = record.end;
      line += record.lines;
    }
  } finally {
    await pieces.return();
  }
}
