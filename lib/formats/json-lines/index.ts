import { byteLength, byteOrderMark, decodeText } from "#lib/formats/decode.ts";
import { maxRecordLength, type Format, type Row } from "#lib/formats/format.ts";
import { InboundError } from "#lib/contract/errors.ts";

/** One JSON object a line (https://jsonlines.org, https://github.com/ndjson/ndjson-spec). Blank lines are skipped. */
const jsonLines: Format = {
  name: "json-lines",
  extensions: ["ndjson", "jsonl"],
  async open(bytes) {
    return {
      details: { format: "json-lines", encoding: "utf-8" },
      columns: undefined,
      rows: rowsOf(decodeText(bytes), { row: 1, start: 0 }),
    };
  },
  readOn: (bytes, _head, from) => rowsOf(decodeText(bytes), from),
};
export default jsonLines;

type Place = Pick<Row, "row" | "start" | "end">;

async function* rowsOf(
  pieces: AsyncGenerator<string, void>,
  from: Pick<Row, "row" | "start">,
): AsyncGenerator<Row, void> {
  let { row, start } = from;
  for await (const { line, lineEnd } of linesOf(pieces, row)) {
    const end = start + byteLength(line) + lineEnd;
    const hasMark = start === 0 && line.startsWith(byteOrderMark);
    const text = hasMark ? line.slice(byteOrderMark.length) : line;
    if (text.trim() !== "") {
      yield parsedRow({ row, start: hasMark ? byteLength(byteOrderMark) : start, end }, text);
    }
    row += 1;
    start = end;
  }
}

function parsedRow(place: Place, line: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // Not kept as a cause: the message of JSON.parse quotes the text.
    return { ...place, values: undefined, original: [line], problems: [{ code: "json-invalid" }] };
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? { ...place, values: value as Record<string, unknown>, original: [line], problems: [] }
    : { ...place, values: undefined, original: [line], problems: [{ code: "json-not-an-object" }] };
}

/** Lines without their line feed; `lineEnd` is 0 for a last line that has none. */
async function* linesOf(
  pieces: AsyncGenerator<string, void>,
  first: number,
): AsyncGenerator<{ line: string; lineEnd: 0 | 1 }, void> {
  let rest = "";
  let number = first;
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", start)) {
      const line = rest + piece.slice(start, end);
      refuseOverlong(line, number);
      yield { line, lineEnd: 1 };
      number += 1;
      rest = "";
      start = end + 1;
    }
    rest += piece.slice(start);
    refuseOverlong(rest, number);
  }
  if (rest !== "") yield { line: rest, lineEnd: 0 };
}

function refuseOverlong(line: string, number: number): void {
  if (line.length > maxRecordLength) {
    throw new InboundError("malformed", "record-too-long", { path: `line ${number}` });
  }
}
