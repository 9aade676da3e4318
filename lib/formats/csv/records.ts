import { maxRecordLength } from "#lib/formats/format.ts";

// RFC 4180, strictly: a quote opens a cell at its beginning only, is doubled inside, and is followed by a delimiter or the
// end of the line. Lines end with LF, CRLF or CR.

/** One record of a text. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** The line on which it starts. */
  readonly line: number;
  /**
   * A quote where none is allowed, or one that is never closed: such a record ends with its first line, so that the lines after it can be read.
   * One that is longer than a record may be is skipped up to the end of its line, and has no cells.
   */
  readonly problem: "quote-misplaced" | "quote-unclosed" | "record-too-long" | undefined;
  /** Whether it holds U+0000. */
  readonly hasNul: boolean;
  /** In UTF-16 units. */
  readonly length: number;
}

/** Splits a text that comes in parts into records. */
export interface RecordScanner {
  /** Adds text behind what is left. */
  add(more: string, isLast: boolean): void;
  /** The next record; `undefined` where the text ends within it, or is read. */
  next(): CsvRecord | undefined;
  /** How much text is left that no record was made of, in UTF-16 units. */
  leftLength(): number;
  /** The line after the last record. */
  line(): number;
}

/** Behind every text: the position of a sign that it does not have. */
const nowhere = 0x3fff_ffff;
const lineFeed = 10;
const quoteMark = 34;

/**
 * Where a sign was found is kept until the text is read up to there: to search for a quote in each record, in a text that has none,
 * would take quadratic time.
 */
export function recordScanner(delimiter: string, firstLine: number): RecordScanner {
  const separator = delimiter.charCodeAt(0);
  let text = "";
  let isLast = false;
  let at = 0;
  let line = firstLine;
  let nextFeed = -1;
  let nextReturn = -1;
  let nextQuote = -1;
  let nextNul = -1;
  let nextDelimiter = -1;
  // The same where the record starts.
  let startFeed = -1;
  let startReturn = -1;
  let startQuote = -1;
  let startDelimiter = -1;
  /** How many cells the record before has. */
  let usualCount = 0;
  /** Whether the text is within a line that was given as too long. */
  let isSkipping = false;

  const positionOf = (sign: string, from: number): number => {
    const found = text.indexOf(sign, from);
    return found === -1 ? nowhere : found;
  };
  const lineEndAfter = (from: number): number => {
    if (nextFeed < from) nextFeed = positionOf("\n", from);
    if (nextReturn < from) nextReturn = positionOf("\r", from);
    return Math.min(nextFeed, nextReturn);
  };
  /** Where the line after a line end starts; `undefined` after a CR that ends the text: an LF may follow. */
  const lineStartAfter = (end: number): number | undefined => {
    if (end === nowhere) return isLast ? text.length : undefined;
    if (text.charCodeAt(end) === lineFeed) return end + 1;
    if (end + 1 === text.length && !isLast) return undefined;
    return text.charCodeAt(end + 1) === lineFeed ? end + 2 : end + 1;
  };
  /** Ends the record. */
  const recordOf = (
    cells: readonly string[],
    end: number | undefined,
    lines: number,
    problem?: CsvRecord["problem"],
  ): CsvRecord | undefined => {
    if ((end ?? text.length) - at > maxRecordLength) return skipped(end, lines);
    if (end === undefined) return undefined;
    if (nextNul < at) nextNul = positionOf("\0", at);
    const record = { cells, line, problem, hasNul: nextNul < end, length: end - at };
    at = end;
    line += lines;
    return record;
  };
  /** A record that is too long; without an `end`, the rest of its line is still to come. */
  const skipped = (end: number | undefined, lines: number): CsvRecord => {
    const record = { cells: [""], line, problem: "record-too-long" as const, hasNul: false, length: 0 };
    if (end === undefined) {
      isSkipping = true;
    } else {
      at = end;
      line += lines;
    }
    return record;
  };
  /** Goes on to the line after one that is skipped. */
  const skipLine = (): void => {
    const end = lineEndAfter(at);
    const start = lineStartAfter(end);
    if (start === undefined) {
      at = Math.min(end, text.length);
      return;
    }
    at = start;
    line += 1;
    isSkipping = false;
  };
  /** A record with a quote that is wrong. What was found before it is found again, so that many of them take linear time. */
  const firstLineAs = (problem: CsvRecord["problem"]): CsvRecord | undefined => {
    [nextFeed, nextReturn, nextQuote, nextDelimiter] = [startFeed, startReturn, startQuote, startDelimiter];
    const end = lineEndAfter(at);
    return recordOf([text.slice(at, end)], lineStartAfter(end), 1, problem);
  };

  return {
    add(more, last) {
      text = at === text.length ? more : text.slice(at) + more;
      at = 0;
      isLast = last;
      nextFeed = nextReturn = nextQuote = nextNul = nextDelimiter = -1;
    },
    next() {
      if (isSkipping) skipLine();
      if (isSkipping || at >= text.length) return undefined;
      // An array that grows takes twice the time.
      const cells = emptyCells(usualCount);
      let count = 0;
      let lines = 1;
      let from = at;
      for (;;) {
        const lineEnd = lineEndAfter(from);
        if (nextQuote < from) nextQuote = positionOf('"', from);
        if (nextDelimiter < from) nextDelimiter = positionOf(delimiter, from);
        if (from === at) {
          startFeed = nextFeed;
          startReturn = nextReturn;
          startQuote = nextQuote;
          startDelimiter = nextDelimiter;
        }
        // Cells without quotes: up to the end of the line, or to the cell with the next quote.
        const plainEnd = Math.min(lineEnd, nextQuote);
        let to = nextDelimiter;
        while (to < plainEnd) {
          cells[count++] = text.slice(from, to);
          from = to + 1;
          to = text.indexOf(delimiter, from);
          if (to === -1) to = nowhere;
        }
        nextDelimiter = to;
        if (lineEnd <= nextQuote) {
          const end = lineStartAfter(lineEnd);
          // What is this long is a quote that is not closed and the next one, far behind it.
          if (lines > 1 && (end ?? text.length) - at > maxRecordLength) return firstLineAs("quote-unclosed");
          if (end === undefined) return recordOf(cells, undefined, lines);
          cells[count++] = text.slice(from, lineEnd);
          cells.length = count;
          usualCount = count;
          return recordOf(cells, end, lines);
        }
        if (nextQuote !== from) return firstLineAs("quote-misplaced");
        const close = closingQuote(text, from + 1);
        if (close === undefined || close - at > maxRecordLength) {
          return isLast || text.length - at > maxRecordLength
            ? firstLineAs("quote-unclosed")
            : recordOf(cells, undefined, lines);
        }
        const written = text.slice(from + 1, close);
        cells[count++] = written.includes('"') ? written.replaceAll('""', '"') : written;
        if (lineEnd < close) lines += lineEndsIn(written);
        from = close + 1;
        if (text.charCodeAt(from) === separator) {
          from += 1;
          continue;
        }
        const lineEndBehind = lineEndAfter(from);
        if (from < text.length && lineEndBehind !== from) return firstLineAs("quote-misplaced");
        const end = lineStartAfter(lineEndBehind);
        cells.length = count;
        return recordOf(cells, end, lines);
      }
    },
    leftLength: () => text.length - at,
    line: () => line,
  };
}

function emptyCells(count: number): string[] {
  // oxlint-disable-next-line no-new-array
  return new Array<string>(count);
}

/** The position of the quote that closes a cell; `undefined` when the text has none. */
function closingQuote(text: string, from: number): number | undefined {
  let at = text.indexOf('"', from);
  while (at !== -1 && text.charCodeAt(at + 1) === quoteMark) at = text.indexOf('"', at + 2);
  return at === -1 ? undefined : at;
}

function lineEndsIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
