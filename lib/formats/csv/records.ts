import { maxRecordLength } from "#lib/formats/format.ts";

// RFC 4180, strictly: a quote opens a cell at its beginning only, is doubled inside, and is followed by a delimiter or the
// end of the line. Lines end with LF, CRLF or CR.

/** One record of a text. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Where the next record starts. */
  readonly end: number;
  /** Lines it takes. */
  readonly lines: number;
  /** A quote where none is allowed, or one that is never closed. Such a record ends with its first line, so that the lines after it can be read. */
  readonly problem?: "quote-misplaced" | "quote-unclosed";
  /** How far the text was read to find the misplaced quote; may be beyond `end`. */
  readonly readTo?: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const quoteMark = 34;

/**
 * Reads the record that starts at `start`. Returns `undefined` when the text ends within the record; with `isLast` nothing
 * follows the text, and every `start` within it gives a record. A record that reaches beyond `maxRecordLength` has a quote that
 * is not closed, so it ends with its first line; only that line may be longer.
 */
export function scanRecord(
  text: string,
  start: number,
  delimiter: string,
  isLast: boolean,
): CsvRecord | undefined {
  const separator = delimiter.charCodeAt(0);
  const limit = start + maxRecordLength;
  const unclosed = () => firstLine(text, start, isLast, "quote-unclosed");
  const misplaced = (at: number) => {
    const line = firstLine(text, start, isLast, "quote-misplaced");
    // A surrogate pair is read as a whole.
    return line && { ...line, readTo: at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) };
  };
  const cells: string[] = [];
  let lines = 1;
  let at = start;
  for (;;) {
    if (text.charCodeAt(at) === quoteMark) {
      const close = closingQuote(text, at + 1);
      if (close === undefined) return isLast || text.length >= limit ? unclosed() : undefined;
      if (close >= limit) return unclosed();
      const written = text.slice(at + 1, close);
      cells.push(written.includes('"') ? written.replaceAll('""', '"') : written);
      lines += lineEndsIn(written);
      at = close + 1;
    } else {
      const from = at;
      for (; at < text.length; at += 1) {
        const unit = text.charCodeAt(at);
        if (unit === separator || unit === lineFeed || unit === carriageReturn) break;
        if (unit === quoteMark) return at < limit ? misplaced(at) : unclosed();
      }
      cells.push(text.slice(from, at));
    }
    if (at >= limit) return unclosed();
    if (at === text.length) return isLast ? { cells, end: at, lines } : undefined;
    if (text.charCodeAt(at) !== separator) {
      const lineEnd = lineEndLength(text, at, isLast);
      if (lineEnd === undefined) return undefined;
      if (lineEnd === 0) return misplaced(at);
      return { cells, end: at + lineEnd, lines };
    }
    at += 1;
  }
}

/** The line that starts at `start`, as one cell with a problem; `undefined` when the text ends within it. */
function firstLine(
  text: string,
  start: number,
  isLast: boolean,
  problem: NonNullable<CsvRecord["problem"]>,
): CsvRecord | undefined {
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== lineFeed && text.charCodeAt(at) !== carriageReturn)
    at += 1;
  const lineEnd = at === text.length ? (isLast ? 0 : undefined) : lineEndLength(text, at, isLast);
  return lineEnd === undefined
    ? undefined
    : { cells: [text.slice(start, at)], end: at + lineEnd, lines: 1, problem };
}

/** The position of the quote that closes a cell; `undefined` when the text has none. */
function closingQuote(text: string, from: number): number | undefined {
  let at = text.indexOf('"', from);
  while (at !== -1 && text.charCodeAt(at + 1) === quoteMark) at = text.indexOf('"', at + 2);
  return at === -1 ? undefined : at;
}

/** Length of the line end at `at`: 0 when there is none, `undefined` when the text ends after a CR that an LF may follow. */
function lineEndLength(text: string, at: number, isLast: boolean): number | undefined {
  const unit = text.charCodeAt(at);
  if (unit === lineFeed) return 1;
  if (unit !== carriageReturn) return 0;
  if (at + 1 === text.length) return isLast ? 1 : undefined;
  return text.charCodeAt(at + 1) === lineFeed ? 2 : 1;
}

function lineEndsIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
