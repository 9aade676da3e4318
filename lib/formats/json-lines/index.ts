import { decodeText } from "#lib/formats/decode.ts";
import { maxRecordLength, type Format, type Row } from "#lib/formats/format.ts";
import { InboundError } from "#lib/pipeline/errors.ts";

/** One JSON object a line (https://jsonlines.org, https://github.com/ndjson/ndjson-spec). Blank lines are passed over. */
const jsonLines: Format = {
  name: "json-lines",
  extensions: ["ndjson", "jsonl"],
  async open(bytes) {
    return {
      details: { format: "json-lines", encoding: "utf-8" },
      columns: undefined,
      rows: rowsOf(decodeText(bytes)),
    };
  },
};
export default jsonLines;

async function* rowsOf(pieces: AsyncGenerator<string, void>): AsyncGenerator<Row, void> {
  let row = 0;
  for await (const line of linesOf(pieces)) {
    row += 1;
    if (line.trim() !== "") yield parsedRow(row, line);
  }
}

function parsedRow(row: number, line: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Not as a cause: what JSON.parse says quotes the text.
    return { row, values: undefined, original: [line], problems: [{ code: "json-invalid" }] };
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { row, values: value as Record<string, unknown>, original: [line], problems: [] }
    : { row, values: undefined, original: [line], problems: [{ code: "json-not-an-object" }] };
}

async function* linesOf(pieces: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  let rest = "";
  let count = 0;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", start)) {
      const line = rest + piece.slice(start, end);
      count += 1;
      refuseOverlong(line, count);
      yield line;
      rest = "";
      start = end + 1;
    }
    rest += piece.slice(start);
    refuseOverlong(rest, count + 1);
  }
  if (rest !== "") yield rest;
}

function refuseOverlong(line: string, number: number): void {
  if (line.length > maxRecordLength) {
    throw new InboundError("malformed", "record-too-long", { path: `line ${number}` });
  }
}
