import { maxRecordLength, type FileText, type Format, type Row } from "#lib/formats/format.ts";
import { jsonWriting } from "#lib/formats/json-writing.ts";
import { jsonRow, overlongRow } from "#lib/formats/json-record.ts";
import { eachRow } from "#lib/formats/row-batches.ts";

/**
 * One JSON object a line (https://jsonlines.org, https://github.com/ndjson/ndjson-spec). Blank lines are skipped, a line may end with
 * CR LF. A line that cannot be read is a row with a problem.
 */
const jsonLines: Format = {
  name: "json-lines",
  title: "JSON lines (.ndjson, .jsonl)",
  extensions: ["ndjson", "jsonl"],
  recognizes: (file) => jsonWriting(file) === "lines",
  open(file) {
    const text = file.text as FileText;
    return Promise.resolve({
      details: { format: "json-lines", encoding: text.encoding },
      columns: undefined,
      rows: eachRow(rowsOf(text.pieces())),
    });
  },
};
export default jsonLines;

/** The rows that end in each piece. */
async function* rowsOf(pieces: AsyncGenerator<string, void>): AsyncGenerator<Row[], void> {
  let number = 0;
  /** The beginning of a line; `undefined` when it is longer than a record may be. */
  let rest: string | undefined = "";
  for await (const piece of pieces) {
    const rows: Row[] = [];
    let start = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", start)) {
      number += 1;
      const row = rowOf(number, joined(rest, piece.slice(start, end)));
      if (row !== undefined) rows.push(row);
      rest = "";
      start = end + 1;
    }
    rest = joined(rest, piece.slice(start));
    yield rows;
  }
  const row = rowOf(number + 1, rest);
  if (row !== undefined) yield [row];
}

function joined(rest: string | undefined, more: string): string | undefined {
  return rest === undefined || rest.length + more.length > maxRecordLength ? undefined : rest + more;
}

/** `undefined` for a blank line. */
function rowOf(number: number, line: string | undefined): Row | undefined {
  const place = `line ${number}`;
  if (line === undefined) return overlongRow(place);
  if (isBlank(line)) return undefined;
  return jsonRow(place, line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line);
}

/** Whether a line has nothing but white space of JSON. */
function isBlank(line: string): boolean {
  for (let at = 0; at < line.length; at += 1) {
    const unit = line.charCodeAt(at);
    if (unit !== 32 && unit !== 9 && unit !== 13) return false;
  }
  return true;
}
