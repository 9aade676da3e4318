import { maxCellLength, maxColumns, maxRecordLength, type RowProblem } from "#lib/formats/format.ts";
import { booleanValue, isoDateValue, numberValue, unescaped, type CellValue } from "./cell-values.ts";
import type { NumberFormat } from "./number-formats.ts";
import { damaged, tooLarge } from "./refusals.ts";
import { textOfRuns, type SharedStrings } from "./shared-strings.ts";
import { isTrue } from "./workbook.ts";
import { readXml, type XmlElement, type XmlElements } from "./xml.ts";

/** Of Excel (https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3). */
const maxSheetRows = 1_048_576;
const maxSheetColumns = 16_384;
/** Of all rows, in UTF-16 units. Cells that share a long text are small in the file and long as rows. */
const maxTextLength = 1024 ** 3;

/** What cells refer to. */
export interface SheetContext {
  readonly name: string;
  readonly date1904: boolean;
  readonly strings: SharedStrings;
  /** By style; none in a workbook without styles. */
  readonly formats: readonly NumberFormat[];
}

/** A cell that is not as it is written, or cannot be read. */
export interface CellProblem {
  readonly code: RowProblem["code"];
  /** From 0. */
  readonly column: number;
}

/** A row that has a value. */
export interface SheetRow {
  /** From 1, as Excel shows it. */
  number: number;
  /** From the first column on, gaps as `""`. */
  readonly cells: string[];
  readonly problems: CellProblem[];
  readonly notes: CellProblem[];
  readonly isHidden: boolean;
  /** Longer than a record may be; `cells` ends before. */
  isTooLong: boolean;
  /** Whether there is a value beyond the last column that is read. */
  isTooWide: boolean;
}

/** What is known of a sheet beside its rows. */
export interface SheetFacts {
  /** Columns that are hidden, from 1, as ranges; known before the first row. */
  readonly hiddenColumns: readonly { readonly first: number; readonly last: number }[];
  /** The last row of each range of merged cells; known after the last row. */
  readonly mergedUntil: readonly number[];
}

/** Reads a worksheet, many rows at a time. Throws `malformed` or `oversized` with the place, from the rows. */
export function readSheet(
  pieces: AsyncIterable<Uint8Array>,
  context: SheetContext,
): { facts: SheetFacts; batches: AsyncGenerator<readonly SheetRow[], void> } {
  const hiddenColumns: { first: number; last: number }[] = [];
  const mergedUntil: number[] = [];
  const reading = readRows(context);
  const elements: XmlElements = {
    worksheet: {
      children: {
        cols: {
          children: {
            col: {
              open: ({ min, max, hidden }) => {
                if (isTrue(hidden) && hiddenColumns.length < maxSheetColumns) {
                  hiddenColumns.push({ first: Number(min), last: Number(max) });
                }
              },
            },
          },
        },
        sheetData: { children: { row: reading.row } },
        mergeCells: {
          children: {
            mergeCell: {
              open: ({ ref = "" }) => {
                const last = Number(/\d{1,7}$/.exec(ref.slice(-8))?.[0]);
                if (mergedUntil.length < maxSheetRows) mergedUntil.push(last);
              },
            },
          },
        },
      },
    },
  };
  async function* batches(): AsyncGenerator<readonly SheetRow[], void> {
    for await (const _ of readXml(pieces, elements, reading.place)) yield reading.take();
  }
  return { facts: { hiddenColumns, mergedUntil }, batches: batches() };
}

/** Puts rows together from their elements. */
function readRows({ name, date1904, strings, formats }: SheetContext): {
  row: XmlElement;
  place(): string;
  take(): SheetRow[];
} {
  let done: SheetRow[] = [];
  let textLength = 0;
  /** Of the row that is open, or was last; 0 when the file does not say yet. */
  let number = 0;
  let last = 0;
  let row: SheetRow = emptyRow(0, false);
  let rowLength = 0;
  /** Of the cell that is open, from 0. */
  let column = -1;
  let cell: Readonly<Record<string, string>> = {};
  let raw: string | undefined;
  let hasFormula = false;
  const inline = textOfRuns();

  const place = () => `${name}!${number || last + 1}`;

  const setNumber = (found: number) => {
    // Rows that go backwards would be two rows at one place.
    if (!(found > last && found <= maxSheetRows)) throw damaged(place());
    number = found;
  };

  const openCell = (attributes: Readonly<Record<string, string>>) => {
    cell = attributes;
    raw = undefined;
    hasFormula = false;
    inline.take();
    const { r } = attributes;
    if (r === undefined) {
      column += 1;
      return;
    }
    const reference = referenceOf(r);
    if (!reference || reference.column <= column) throw damaged(place());
    if (number === 0) setNumber(reference.row);
    if (reference.row !== number) throw damaged(place());
    column = reference.column;
  };

  const valueOf = (): CellValue => {
    const { t = "n", s = "0" } = cell;
    if (t === "inlineStr") return { text: inline.take() };
    if (raw === undefined || (raw.trim() === "" && t !== "str" && t !== "e")) {
      return hasFormula ? { text: "", problem: "formula-without-value" } : { text: "" };
    }
    switch (t) {
      case "s": {
        const text = /^\s*\d{1,9}\s*$/.test(raw) ? strings(Number(raw)) : undefined;
        return text === undefined ? { text: "", problem: "cell-unreadable" } : { text };
      }
      case "n":
        return numberValue(raw, formats.length === 0 ? plain : formats[Number(s)], date1904);
      case "str":
      case "e":
        return { text: unescaped(raw) };
      case "b":
        return booleanValue(raw);
      case "d":
        return isoDateValue(raw);
      default:
        return { text: "", problem: "cell-unreadable" };
    }
  };

  const closeCell = () => {
    const { text, problem, note } = valueOf();
    if (text === "" && problem === undefined) return;
    if (column >= maxColumns) {
      row.isTooWide = true;
      return;
    }
    if (problem !== undefined) row.problems.push({ code: problem, column });
    if (note !== undefined) row.notes.push({ code: note, column });
    if (text.length > maxCellLength) row.problems.push({ code: "cell-too-long", column });
    rowLength += text.length;
    row.isTooLong ||= rowLength > maxRecordLength;
    if (row.isTooLong) return;
    while (row.cells.length < column) row.cells.push("");
    row.cells.push(text.slice(0, maxCellLength));
  };

  const value: XmlElement = {
    open: () => (raw ??= ""),
    text(text) {
      if ((raw?.length ?? 0) <= 7 * maxCellLength) raw += text;
    },
  };

  return {
    place,
    take() {
      const taken = done;
      done = [];
      return taken;
    },
    row: {
      open({ r, hidden }) {
        last = number || last;
        number = 0;
        if (r !== undefined) setNumber(rowNumber(r));
        row = emptyRow(0, isTrue(hidden));
        rowLength = 0;
        column = -1;
      },
      close() {
        if (number === 0) setNumber(last + 1);
        const isEmpty = row.cells.every((text) => text.trim() === "") && row.problems.length === 0;
        if (isEmpty && !row.isTooWide) return;
        textLength += rowLength;
        if (textLength > maxTextLength) throw tooLarge(place(), "1 GiB of text");
        row.number = number;
        done.push(row);
      },
      children: {
        c: {
          open: openCell,
          close: closeCell,
          children: { v: value, f: { open: () => (hasFormula = true) }, is: { children: inline.elements } },
        },
      },
    },
  };
}

const plain: NumberFormat = { kind: "number", digits: 0 };

const emptyRow = (number: number, isHidden: boolean): SheetRow => ({
  number,
  cells: [],
  problems: [],
  notes: [],
  isHidden,
  isTooLong: false,
  isTooWide: false,
});

/** `NaN` when it is no number, which is no row. */
const rowNumber = (text: string): number => (/^\d{1,7}$/.test(text) ? Number(text) : Number.NaN);

/** `AB12` → its column, from 0, and its row, from 1. Read by hand: a sheet has millions, and a pattern takes three times as long. */
function referenceOf(reference: string): { column: number; row: number } | undefined {
  let column = 0;
  let at = 0;
  for (let code = reference.charCodeAt(0); code >= 65 && code <= 90; code = reference.charCodeAt(at)) {
    column = column * 26 + code - 64;
    if (column > maxSheetColumns) return undefined;
    at += 1;
  }
  let row = 0;
  for (let digit = at; digit < reference.length; digit += 1) {
    const code = reference.charCodeAt(digit);
    if (code < 48 || code > 57 || row > maxSheetRows) return undefined;
    row = row * 10 + code - 48;
  }
  return column === 0 ? undefined : { column: column - 1, row };
}

/** The name of a column from 0 as Excel shows it: `A`, `AB`. */
export function columnLetters(column: number): string {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
