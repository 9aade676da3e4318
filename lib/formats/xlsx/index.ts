import { InboundError } from "#lib/contract/errors.ts";
import { recordMaker, type RecordMaker } from "#lib/fields/record-maker.ts";
import {
  maxColumnName,
  maxColumns,
  type Format,
  type ReadContext,
  type Row,
  type RowProblem,
  type Table,
} from "#lib/formats/format.ts";
import { eachRow } from "#lib/formats/row-batches.ts";
import { isHeaderAgain, isInstruction, isTotal } from "#lib/formats/special-rows.ts";
import { openArchive } from "./archive.ts";
import { readNumberFormats } from "./number-formats.ts";
import { readSharedStrings } from "./shared-strings.ts";
import { columnLetters, readSheet, type CellProblem, type SheetFacts, type SheetRow } from "./sheet.ts";
import { readWorkbook } from "./workbook.ts";

/** How many rows that are not empty the header is looked for in: templates have instructions above it. */
const headerWithinRows = 20;
/** How many rows that were skipped are told. */
const toldRows = 10;
const noProblems: readonly RowProblem[] = [];

/**
 * Excel workbooks: one worksheet, with the values that its cells show as far as they concern people. A number that may have lost
 * digits, a formula that was never computed, or a cell that cannot be read is a problem of its row, and names the column.
 */
const xlsx: Format = {
  name: "xlsx",
  title: "Excel workbook (.xlsx)",
  extensions: ["xlsx", "xlsm"],
  recognizes({ name, head }) {
    const beginning = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
    const isWorkbookName = /\.xls[xmb]?$/.test(name);
    return (
      beginning.startsWith("PK\x03\x04") &&
      (isWorkbookName || /PK[^]{28}(?:\[Content_Types\]\.xml|xl\/)/i.test(beginning))
    );
  },
  async open(file, context) {
    const archive = await openArchive(file);
    const workbook = await readWorkbook(archive, context.sheet);
    const { sheet, date1904 } = workbook;
    const { facts, batches } = readSheet(archive.read(sheet.part, sheet.name), {
      name: sheet.name,
      date1904,
      strings: await readSharedStrings(archive, workbook.sharedStrings),
      formats: await readNumberFormats(archive, workbook.styles),
    });
    const first = await firstRows(batches);
    const header = headerAmong(first.slice(0, headerWithinRows), context, sheet.name);
    const columns = columnsOf(header, sheet.name);
    const following = first.slice(first.indexOf(header) + 1);
    return {
      details: {
        format: "xlsx",
        sheet: sheet.name,
        dateSystem: date1904 ? "1904" : "1900",
        headerRow: String(header.number),
      },
      columns,
      ...tableOf(following, batches, columns, sheet.name, { ...facts, headerRow: header.number }),
    };
  },
};
export default xlsx;

/** As many rows as the header is looked for in, or more. */
async function firstRows(batches: AsyncGenerator<readonly SheetRow[], void>): Promise<readonly SheetRow[]> {
  const first: SheetRow[] = [];
  while (first.length < headerWithinRows) {
    const next = await batches.next();
    if (next.done) break;
    first.push(...next.value);
  }
  return first;
}

/** The row with the most names that a layout knows, else the first one. */
function headerAmong(rows: readonly SheetRow[], context: ReadContext, sheet: string): SheetRow {
  const known = ({ cells }: SheetRow) => cells.filter((cell) => context.knows(cell.trim())).length;
  let [header] = rows;
  if (!header) throw new InboundError("malformed", "header-missing", { path: sheet });
  let most = 0;
  for (const row of rows) {
    const names = known(row);
    if (names <= most) continue;
    most = names;
    header = row;
  }
  return header;
}

/** The names of the columns; the last ones may have none, and then are no columns. */
function columnsOf({ cells, number, problems, isTooLong, isTooWide }: SheetRow, sheet: string): string[] {
  const path = `${sheet}!${number}`;
  if (isTooWide) {
    throw new InboundError("oversized", "columns-too-many", { path, hint: `at most ${maxColumns} columns` });
  }
  const hasLongName = cells.some((cell) => cell.length > maxColumnName);
  if (isTooLong || hasLongName || problems.some(({ code }) => code === "cell-too-long")) {
    throw new InboundError("malformed", "header-too-long", {
      path,
      hint: "put the names of the columns into the first row",
    });
  }
  const columns = cells.map((cell) => cell.trim());
  return columns.slice(0, columns.findLastIndex((column) => column !== "") + 1);
}

function tableOf(
  first: readonly SheetRow[],
  following: AsyncGenerator<readonly SheetRow[], void>,
  columns: readonly string[],
  sheet: string,
  facts: SheetFacts & { readonly headerRow: number },
): Required<Pick<Table, "rows" | "end">> {
  let filledColumns = 0;
  let hiddenRows = 0;
  let hasRecord = false;
  let skippedRows = 0;
  const skippedNumbers: number[] = [];
  const valuesOf = recordMaker<string>(columns);
  const read = (row: SheetRow): readonly Row[] => {
    const { cells, number } = row;
    if ((!hasRecord && isInstruction(cells)) || isHeaderAgain(cells, columns)) {
      skippedRows += 1;
      if (skippedNumbers.length < toldRows) skippedNumbers.push(number);
      return [];
    }
    hasRecord = true;
    if (isTotal(cells)) return [totalRow(row, columns, sheet)];
    filledColumns = Math.max(filledColumns, row.cells.findLastIndex((cell) => cell !== "") + 1);
    if (row.isHidden) hiddenRows += 1;
    return [rowOf(row, columns, valuesOf, sheet)];
  };
  async function* batches(): AsyncGenerator<readonly Row[], void> {
    try {
      yield first.flatMap(read);
      for await (const rows of following) yield rows.flatMap(read);
    } finally {
      await following.return();
    }
  }
  return {
    rows: eachRow(batches()),
    end: () => ({
      filledColumns: Math.min(filledColumns, columns.length),
      details: {
        ...told({
          hiddenRows,
          hiddenColumns: hiddenAmong(facts.hiddenColumns, columns.length),
          mergedCells: facts.mergedUntil.filter((row) => row > facts.headerRow).length,
          skippedRows,
        }),
        ...(skippedRows > 0 && { skippedRowNumbers: skippedNumbers.join(", ") }),
      },
    }),
  };
}

/** A row that is the total of the sheet and no record. */
function totalRow({ cells, number }: SheetRow, columns: readonly string[], sheet: string): Row {
  return {
    place: `${sheet}!${number}`,
    values: undefined,
    original: columns.map((_, index) => cells[index] ?? ""),
    problems: [{ code: "row-is-total" }],
  };
}

function rowOf(row: SheetRow, columns: readonly string[], valuesOf: RecordMaker<string>, sheet: string): Row {
  const place = `${sheet}!${row.number}`;
  const { cells } = row;
  while (cells.length < columns.length) cells.push("");
  const isPlain = cells.length === columns.length && row.problems.length === 0 && row.notes.length === 0;
  if (isPlain && !row.isTooWide && !row.isTooLong)
    return { place, values: valuesOf(cells), original: cells, problems: noProblems };
  const isExtra =
    row.isTooWide ||
    (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== ""));
  const ofColumn = ({ code, column }: CellProblem) => ({
    code,
    column: columns[column] || columnLetters(column),
  });
  const problems = [
    ...(isExtra ? [{ code: "columns-extra" }] : []),
    ...(row.isTooLong ? [{ code: "record-too-long" }] : []),
    ...row.problems.map(ofColumn),
  ];
  const original = isExtra ? cells : cells.slice(0, columns.length);
  const isCut = row.isTooLong || row.problems.some(({ code }) => code === "cell-too-long");
  return {
    place,
    values: isExtra || isCut ? undefined : valuesOf(cells),
    original,
    problems,
    ...(row.notes.length > 0 && { notes: row.notes.map(ofColumn) }),
  };
}

function hiddenAmong(ranges: SheetFacts["hiddenColumns"], columns: number): number {
  const hidden = new Set<number>();
  for (const { first, last } of ranges) {
    for (let column = Math.max(first, 1); column <= Math.min(last, columns); column += 1) hidden.add(column);
  }
  return hidden.size;
}

/** Counts that are not zero, as text. */
function told(counts: Readonly<Record<string, number>>): Record<string, string> {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  return Object.fromEntries(entries.map(([name, count]) => [name, String(count)]));
}
