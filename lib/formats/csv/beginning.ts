import { maxRecordLength } from "#lib/formats/format.ts";
import { recordScanner, type CsvRecord } from "./records.ts";

/** The beginning of a file, by which its delimiter and its header are found. */
export interface Beginning {
  readonly text: string;
  /** Whether it is the whole file. */
  readonly isLast: boolean;
  /** Where the records begin, after the lines that only say how the file is written. */
  readonly start: number;
  /** The line that `start` is on. */
  readonly line: number;
  /** The delimiter that a line `sep=;` states, an extension of Excel. */
  readonly stated?: string;
}

/** A record, and where the next one starts. */
export interface SampledRecord extends CsvRecord {
  readonly end: number;
  readonly nextLine: number;
}

const beginningLength = 65_536;
const sampledRecords = 40;

/** Reads the beginning of a text: enough for a sample, and a whole line. */
export async function readBeginning(pieces: AsyncIterator<string>): Promise<Beginning> {
  let text = "";
  let isLast = false;
  while (
    !isLast &&
    text.length <= maxRecordLength &&
    (text.length < beginningLength || !/[\r\n]/.test(text.slice(0, -1)))
  ) {
    const next = await pieces.next();
    if (next.done) isLast = true;
    else text += next.value;
  }
  let start = 0;
  let line = 1;
  let stated: string | undefined;
  for (let length = directiveLength(text); length > 0; length = directiveLength(text.slice(start))) {
    stated ??= /^"?sep=(.)/i.exec(text.slice(start, start + length))?.[1];
    start += length;
    line += 1;
  }
  return { text, isLast, start, line, ...(stated !== undefined && { stated }) };
}

/**
 * The length of a first line that says how the file is written: `sep=;` of Excel, `#TYPE …` of PowerShell's Export-Csv, `version:v1.0` of
 * Microsoft Entra's templates. 0 for any other line.
 */
function directiveLength(text: string): number {
  const found = /^(?:"?sep=[^\r\n"]"?|#TYPE [^\r\n]*|"?version:v[\d.]{1,9}"?[,;\t|]*)(?:\r\n|\n|\r|$)/i;
  return found.exec(text.slice(0, directiveLimit))?.[0].length ?? 0;
}

/** The longest such line, in UTF-16 units. */
const directiveLimit = 4_096;

/** The first records of a file by a delimiter, without blank ones. */
export function sampleRecords({ text, start, line, isLast }: Beginning, delimiter: string): SampledRecord[] {
  const scanner = recordScanner(delimiter, line);
  const rest = text.slice(start);
  scanner.add(rest, isLast);
  const records: SampledRecord[] = [];
  while (records.length < sampledRecords) {
    const record = scanner.next();
    if (record === undefined) break;
    if (record.problem !== undefined || !isBlank(record.cells)) {
      records.push({ ...record, end: text.length - scanner.leftLength(), nextLine: scanner.line() });
    }
  }
  return records;
}

/** Whether a record has no value: Excel writes empty rows below a table as delimiters only. */
export function isBlank(cells: readonly string[]): boolean {
  // Most records begin with a value.
  return (cells[0] as string).charCodeAt(0) <= 0x20 || cells[0] === ""
    ? cells.every((cell) => cell.trim() === "")
    : false;
}

/** A line that is a comment: of Clerk's export, of privacyIDEA (`# version: 2`). */
export const isComment = ({ cells }: CsvRecord): boolean => (cells[0] as string).startsWith("#");
