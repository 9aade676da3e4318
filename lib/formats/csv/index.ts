import { decodeText } from "#lib/formats/decode.ts";
import { maxRecordLength, type Format, type Row } from "#lib/formats/format.ts";
import { InboundError } from "#lib/pipeline/errors.ts";
import { findDelimiter, isBlank } from "./delimiter.ts";
import { firstLine, scanRecord, type CsvRecord } from "./records.ts";

/** As much text as the delimiter is found by. */
const headLength = 4096;

interface NumberedRecord extends CsvRecord {
  readonly line: number;
}

/**
 * Comma-separated values by RFC 4180, and what Excel and its kin make of them: `, ; | tab`, a `sep=` line, any line end,
 * blank lines. The first record names the columns; a record with more or fewer of them is a row with a problem, never padded.
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
    const { delimiter, start } = findDelimiter(head, isLast);
    const records = readRecords(pieces, { text: head, start, isLast, delimiter });
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
};
export default csv;

async function* rowsOf(
  records: AsyncGenerator<NumberedRecord, void>,
  columns: readonly string[],
): AsyncGenerator<Row, void> {
  for await (const { line, cells, problem } of records) {
    const difference = cells.length - columns.length;
    const code =
      problem ?? (difference < 0 ? "columns-missing" : difference > 0 ? "columns-extra" : undefined);
    yield code === undefined
      ? { row: line, values: valuesOf(columns, cells), original: cells, problems: [] }
      : { row: line, values: undefined, original: cells, problems: [{ code }] };
  }
}

function valuesOf(columns: readonly string[], cells: readonly string[]): Record<string, string> {
  // Without a prototype a column may have any name.
  const values = Object.create(null) as Record<string, string>;
  for (const [index, column] of columns.entries()) values[column] = cells[index] as string;
  return values;
}

async function* readRecords(
  pieces: AsyncGenerator<string, void>,
  head: { text: string; start: number; isLast: boolean; delimiter: string },
): AsyncGenerator<NumberedRecord, void> {
  let { text, start, isLast } = head;
  // A sep= line is the first.
  let line = start > 0 ? 2 : 1;
  try {
    while (!isLast || start < text.length) {
      let record = scanRecord(text, start, head.delimiter, isLast);
      if ((record?.end ?? text.length) - start > maxRecordLength) {
        // A quote that is not closed for that long was not meant to open a cell.
        record = firstLine(text, start, isLast, "quote-unclosed");
        if (record === undefined || record.end - start > maxRecordLength) {
          throw new InboundError("malformed", "record-too-long", { path: `line ${line}` });
        }
      }
      if (record === undefined) {
        // Twice as much each time, so that a long record in small pieces is not read from its start for each of them.
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
      if (record.problem !== undefined || !isBlank(record.cells)) yield { ...record, line };
      start = record.end;
      line += record.lines;
    }
  } finally {
    await pieces.return();
  }
}
