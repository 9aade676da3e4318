import { InboundError } from "#lib/contract/errors.ts";
import { maxColumnName, maxColumns, maxRecordLength, type ReadContext } from "#lib/formats/format.ts";
import { isInstruction } from "#lib/formats/special-rows.ts";
import type { SampledRecord } from "./beginning.ts";
import type { Dialect } from "./dialect.ts";

/** The columns of a table, and how many cells a record has. */
export interface Shape {
  readonly columns: readonly string[];
  /** The cells of a record that writes all its delimiters: more than there are columns where each record ends with a delimiter. */
  readonly width: number;
  /** Whether the records have no header, and may have fewer cells. */
  readonly isHeaderless: boolean;
}

/**
 * The shape of a table by its header and the first records below it.
 *
 * @throws InboundError `malformed`: `header-missing`, `header-too-long`, `header-quote-misplaced`, `header-quote-unclosed`,
 *   `columns-twice`; `oversized` `columns-too-many`.
 */
export function shapeOf({ records, header, headerless }: Dialect, context: ReadContext): Shape {
  if (headerless) {
    const { columns } = headerless;
    return { columns, width: columns.length, isHeaderless: true };
  }
  const record = header === undefined ? undefined : records[header];
  const path = `line ${record?.line ?? 1}`;
  if (header === undefined || record === undefined) {
    throw new InboundError("malformed", "header-missing", { path });
  }
  if (record.problem === "record-too-long" || record.cells.some((cell) => cell.length > maxColumnName)) {
    throw new InboundError("malformed", "header-too-long", {
      path,
      hint: `put the names of the columns into the first line: at most ${maxRecordLength} characters, and ${maxColumnName} for a name`,
    });
  }
  if (record.problem !== undefined) throw new InboundError("malformed", `header-${record.problem}`, { path });
  const names = record.cells.map((cell) => cell.trim());
  if (names.length > maxColumns) {
    throw new InboundError("oversized", "columns-too-many", {
      path,
      hint: `keep the columns that are needed: at most ${maxColumns}`,
    });
  }
  // Of two columns with one name, the values of the first would be lost.
  const twice = names.filter((name, index) => name !== "" && names.indexOf(name) !== index);
  if (twice.some((name) => context.knows(name))) {
    throw new InboundError("malformed", "columns-twice", {
      path,
      hint: "rename or remove one of the columns with the same name",
    });
  }
  const { count, width } = extentOf(names, records.slice(header + 1));
  return { columns: names.slice(0, count), width, isHeaderless: false };
}

/**
 * How many columns there are, and how many cells a record has. Columns at the end that have no name, nor a value in the first records,
 * are the delimiter at the end of every line. Where only the records have it, all of the first ones do, and more than one: an
 * unquoted delimiter in a single record looks the same.
 */
function extentOf(
  names: readonly string[],
  below: readonly SampledRecord[],
): { count: number; width: number } {
  const rows = below
    .filter(({ cells, problem }) => problem === undefined && !isInstruction(cells))
    .map(({ cells }) => cells);
  const named = names.findLastIndex((name) => name !== "") + 1;
  const widths = new Set(rows.map((cells) => cells.length));
  const [only = names.length] = widths;
  const isEven = widths.size === 1;
  const hasNothingBehind = rows.every((cells) => cells.slice(named).every((cell) => cell === ""));
  if (!hasNothingBehind) return { count: names.length, width: names.length };
  if (isEven && only >= named && (only <= names.length || rows.length > 1))
    return { count: named, width: only };
  return { count: named, width: names.length };
}
