import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { TranslationContext } from "#lib/contract/source.ts";
import type { Row, Table } from "#lib/formats/format.ts";
import { mapColumns, refuseAmbiguous, type Columns } from "./columns.ts";
import type { RowTranslation, UploadKind } from "./upload-kind.ts";

/** Translates the rows of one file. */
export interface RowTranslator<OfKind extends Change = Change> {
  /** The columns of `rejected.csv`: those of the file; for a file of JSON one, `original`, which holds the line. */
  readonly columns: readonly string[];
  translate(row: Row): RowTranslation<OfKind>;
  /** The row as the file has it, one text for each of `columns`, with passwords, secrets and recovery codes blanked. */
  redacted(row: Row): readonly string[];
  /** The columns of the rows so far that are no field of ours, for the summary: at most `maxUnmappedColumns`. */
  unmappedColumns(): readonly string[];
}

/** Every row of a JSON file may name columns of its own, so their number has a limit. */
export const maxUnmappedColumns = 100;
/** In UTF-16 units. */
const maxColumnNameLength = 64;

/**
 * Makes the translator of one file.
 *
 * @param header the file's columns; `undefined` where each row names its own.
 * @throws InboundError `malformed` `columns-ambiguous` or `columns-unrecognized` for a header that no row could be read by.
 */
export function rowTranslator<Field extends string, OfKind extends Change>(
  kind: UploadKind<Field, OfKind>,
  header: Table["columns"],
  context: TranslationContext,
): RowTranslator<OfKind> {
  const fixed = header && columnsOfHeader(kind, header);
  const hidesSome = header === undefined || header.some((column) => kind.hides(column, ""));
  const unmapped = new Set<string>(fixed?.unmapped.slice(0, maxUnmappedColumns));

  // Consecutive rows of a JSON file mostly have the same columns: the last mapping is kept.
  let last: { names: string; columns: Columns<Field> } | undefined;
  const columnsOf = (values: object) => {
    const names = JSON.stringify(Object.keys(values));
    if (last?.names !== names) last = { names, columns: mapColumns(Object.keys(values), kind.fieldOf) };
    return last.columns;
  };

  return {
    columns: header ?? ["original"],
    translate(row) {
      if (row.values === undefined) return { change: undefined, problems: row.problems, notes: [] };
      if (fixed) return kind.translate(row.values, fixed, context);
      const values = kind.flatten?.(row.values) ?? row.values;
      const columns = columnsOf(values);
      for (const column of columns.unmapped) {
        if (unmapped.size < maxUnmappedColumns) unmapped.add(column.slice(0, maxColumnNameLength));
      }
      const [column] = columns.ambiguous;
      if (column !== undefined) {
        return { change: undefined, problems: [{ column, code: "columns-ambiguous" }], notes: [] };
      }
      return kind.translate(values, columns, context);
    },
    redacted(row) {
      // In a row that cannot be read, a secret may be in any cell.
      if (row.values === undefined && hidesSome) return (header ?? [""]).map(() => "");
      if (header === undefined) return [redactedJson(kind, row)];
      const cells = header.map((column, index) => {
        const cell = row.original[index] ?? "";
        return kind.hides(column, cell) ? "" : cell;
      });
      // Cells beyond the last column are appended to it, so that the person who corrects the row sees them.
      const beyond = row.original.slice(header.length);
      return beyond.length === 0 ? cells : [...cells.slice(0, -1), [cells.at(-1), ...beyond].join(",")];
    },
    unmappedColumns: () => [...unmapped],
  };
}

function columnsOfHeader<Field extends string>(
  kind: UploadKind<Field, Change>,
  header: readonly string[],
): Columns<Field> {
  const columns = mapColumns(header, kind.fieldOf);
  refuseAmbiguous(columns);
  if (!kind.isUsable(columns)) {
    // Without the names of the columns: in a file without a header they are personal data.
    throw new InboundError("malformed", "columns-unrecognized", { path: "header", hint: kind.hint });
  }
  return columns;
}

function redactedJson(kind: UploadKind<string, Change>, row: Row): string {
  return JSON.stringify(row.values, (key, value: unknown) =>
    key !== "" && kind.hides(key, value) ? "" : value,
  );
}
