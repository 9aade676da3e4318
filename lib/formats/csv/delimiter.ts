import { InboundError } from "#lib/contract/errors.ts";
import { scanRecord } from "./records.ts";

const delimiters = [",", ";", "\t", "|"];
const sampledRecords = 20;

/**
 * The delimiter of a file by its beginning: the one that a first line `sep=;` states (an extension of Excel), else the one by
 * which the header has more than one column and the records below as many. A file with one column has commas.
 *
 * @throws InboundError `malformed` `delimiter-ambiguous` when two delimiters fit equally well.
 */
export function findDelimiter(head: string, isLast: boolean): { delimiter: string; start: number } {
  const told = /^"?sep=([^\r\n"])"?(?:\r\n|\n|\r(?=[^\n]))/i.exec(head);
  if (told) return { delimiter: told[1] as string, start: told[0].length };

  const candidates = delimiters
    .map((delimiter) => sampled(head, delimiter, isLast))
    .filter(({ columns }) => columns > 1);
  const steady = candidates.filter(({ isSteady }) => isSteady);
  const [best, next] = (steady.length > 0 ? steady : candidates).toSorted((a, b) => b.columns - a.columns);
  if (best !== undefined && best.columns === next?.columns) {
    throw new InboundError("malformed", "delimiter-ambiguous", {
      path: "line 1",
      hint: "put a line sep=, or sep=; above the header",
    });
  }
  return { delimiter: best?.delimiter ?? ",", start: 0 };
}

function sampled(head: string, delimiter: string, isLast: boolean) {
  const widths: number[] = [];
  let start = 0;
  while (widths.length < sampledRecords && start < head.length) {
    const record = scanRecord(head, start, delimiter, isLast);
    if (record === undefined) break;
    start = record.end;
    if (record.problem !== undefined) widths.push(0);
    else if (!isBlank(record.cells)) widths.push(record.cells.length);
  }
  return { delimiter, columns: widths[0] ?? 0, isSteady: widths.every((width) => width === widths[0]) };
}

/** Whether a record has no value: Excel writes empty rows below a table as delimiters only. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === "");
}
