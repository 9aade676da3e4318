import { recordMaker } from "#lib/fields/record-maker.ts";
import { maxCellLength, type Row, type RowProblem, type TableEnd } from "#lib/formats/format.ts";
import { isHeaderAgain, isInstruction, isTotal } from "#lib/formats/special-rows.ts";
import { isBlank } from "./beginning.ts";
import type { CsvRecord } from "./records.ts";
import type { Shape } from "./shape.ts";

/** How many lines of skipped rows are told. */
const toldLines = 10;

/** Why a record is refused. */
type RefusedRecord =
  | NonNullable<CsvRecord["problem"]>
  | "row-is-total"
  | "columns-extra"
  | "cell-too-long"
  | "character-nul";

/** Makes rows out of records, and counts what is known only at the end. */
export interface RowMaker {
  /** `undefined` for a record that is none: a blank one, instructions of a template, the header once more. */
  rowOf(record: CsvRecord): Row | undefined;
  end(): TableEnd;
}

/**
 * A record with fewer cells than columns may be damaged, or written by Excel, which leaves out empty cells at the end from the 17th row
 * on. Both are given with the problem `columns-missing`, and `filledColumns` tells them apart, once all records were seen: nothing is
 * missing where no record of the file has a value. It is told only if at least one record writes all its delimiters, as Excel's first
 * 16 do; in a file whose records all have too few or too many, each of them is damaged. Of a record with too many cells it is not known
 * which belong to the last columns, so that all columns count as filled.
 */
export function rowMaker(shape: Shape): RowMaker {
  const { columns, width, isHeaderless } = shape;
  const valuesOf = recordMaker<string>(columns);
  const count = columns.length;
  let filledColumns = 0;
  let hasWholeRecord = false;
  let hasRecord = false;
  const skippedLines: number[] = [];
  let skippedRows = 0;

  const skip = (line: number): undefined => {
    skippedRows += 1;
    if (skippedLines.length < toldLines) skippedLines.push(line);
    return undefined;
  };
  const refused = (
    { line }: CsvRecord,
    original: readonly string[],
    code: RefusedRecord,
    column?: string,
  ): Row => ({
    place: `line ${line}`,
    values: undefined,
    original,
    problems: [{ code, ...(column && { column }) }],
  });

  return {
    rowOf(record) {
      const { cells: written, line, problem, hasNul, length } = record;
      if (problem !== undefined) return refused(record, written, problem);
      if (isBlank(written)) return undefined;
      if (!isHeaderless) {
        if (!hasRecord && isInstruction(written)) return skip(line);
        if (isHeaderAgain(written, columns)) return skip(line);
      }
      hasRecord = true;
      const cells = withoutEnd(written, shape);
      if (isTotal(cells)) return refused(record, cells, "row-is-total");
      if (cells.length > count) {
        filledColumns = count;
        return refused(record, cells, "columns-extra");
      }
      for (let at = cells.length; at > filledColumns; at -= 1) {
        if (cells[at - 1] !== "") filledColumns = at;
      }
      if (written.length === width) hasWholeRecord = true;
      if (length > maxCellLength) {
        const at = cells.findIndex((cell) => cell.length > maxCellLength);
        if (at !== -1) return refused(record, cells, "cell-too-long", columns[at]);
      }
      if (hasNul) {
        const at = cells.findIndex((cell) => cell.includes("\0"));
        return refused(record, cells, "character-nul", columns[at]);
      }
      const isShort = cells.length < count;
      return {
        place: `line ${line}`,
        values: valuesOf(isShort ? filledUp(cells, count) : cells),
        original: cells,
        problems: isShort && !isHeaderless ? [{ code: "columns-missing" }] : noProblems,
      };
    },
    end() {
      return {
        ...(hasWholeRecord && { filledColumns }),
        ...(skippedRows > 0 && {
          details: { skippedRows: String(skippedRows), skippedLines: skippedLines.join(", ") },
        }),
      };
    },
  };
}

const noProblems: readonly RowProblem[] = [];

/**
 * The cells of a record without what is behind the delimiter at the end of its line, in a table whose lines end with one. Of a record
 * with fewer cells than the others, every empty cell at the end may be that.
 */
function withoutEnd(cells: readonly string[], { columns, width, isHeaderless }: Shape): readonly string[] {
  const count = columns.length;
  if (cells.length === count && width === count) return cells;
  if (cells.length === width || isHeaderless) {
    return cells.length > count && cells.slice(count).every((cell) => cell === "")
      ? cells.slice(0, count)
      : cells;
  }
  if (cells.length > width) return cells;
  let end = cells.length;
  while (cells.length - end < width - count && cells[end - 1] === "") end -= 1;
  return cells.slice(0, end);
}

const filledUp = (cells: readonly string[], count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => cells[at] ?? "");
