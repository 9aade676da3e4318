import type { Row, RowProblem, Table } from "#lib/formats/format.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Change } from "#lib/contract/change.ts";
import type { TranslationContext } from "#lib/contract/source.ts";
import { mapColumns, refuseAmbiguous, type Columns } from "./columns.ts";

/** What a row means: a change, or all reasons why not. Notes are worth telling and refuse nothing. */
interface RowTranslation<OfKind extends Change = Change> {
  readonly change: OfKind | undefined;
  readonly problems: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
}

/** A kind of upload: what its columns may be and what a row of it means. */
export interface UploadKind<Field extends string, OfKind extends Change> {
  /** Its folder under `incoming/`. */
  readonly name: string;
  /** Column names, as `normalizedName` has them → field. */
  readonly fieldOf: ReadonlyMap<string, Field>;
  /** Whether these columns can make a row that is taken. */
  isUsable(columns: Columns<Field>): boolean;
  /** What to do about a file that is not usable. */
  readonly hint: string;
  /** Whether a result must not show this column, or this value of it. */
  hides(column: string, value: unknown): boolean;
  /** Makes columns of a row of JSON, where it nests them. */
  flatten?(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Pure: no clock, no I/O. */
  translate(
    values: Readonly<Record<string, unknown>>,
    columns: Columns<Field>,
    context: TranslationContext,
  ): RowTranslation<OfKind>;
}

/** An uploaded file of a kind, ready for its rows. */
export interface Upload<OfKind extends Change = Change> {
  /** How the file is read, for the report. */
  readonly details: Readonly<Record<string, string>>;
  /** The columns of `rejected.csv`: those of the file; for a file of JSON one, `original`, with the line. */
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<Row>;
  translate(row: Row): RowTranslation<OfKind>;
  /** What was written, one text for each of `columns`, without passwords, secrets and recovery codes. */
  original(row: Row): readonly string[];
  /** Columns seen so far that nobody knows, for the report: at most 100. */
  unmapped(): readonly string[];
}

/** A file of JSON could name new ones in every row. */
export const maxUnmapped = 100;

/**
 * Puts a kind of upload on a table.
 *
 * @throws InboundError `malformed` for columns that cannot work: `columns-ambiguous`, `columns-unrecognized`.
 */
export function openUpload<Field extends string, OfKind extends Change>(
  kind: UploadKind<Field, OfKind>,
  table: Table,
  context: TranslationContext,
): Upload<OfKind> {
  const header = table.columns;
  const fixed = header && mapColumns(header, kind.fieldOf);
  if (fixed) {
    refuseAmbiguous(fixed);
    if (!kind.isUsable(fixed)) {
      // Without their names: in a file without a header they are somebody's data.
      throw new InboundError("malformed", "columns-unrecognized", { path: "header", hint: kind.hint });
    }
  }
  const hidesSome = header === undefined || header.some((column) => kind.hides(column, ""));
  const unmapped = new Set<string>(fixed?.unmapped.slice(0, maxUnmapped));

  // Rows of one file mostly name the same columns.
  let last: { names: string; columns: Columns<Field> } | undefined;
  const columnsOf = (values: object) => {
    const names = JSON.stringify(Object.keys(values));
    if (last?.names !== names) last = { names, columns: mapColumns(Object.keys(values), kind.fieldOf) };
    return last.columns;
  };

  return {
    details: table.details,
    columns: header ?? ["original"],
    rows: table.rows,
    translate(row) {
      if (row.values === undefined) return { change: undefined, problems: row.problems, notes: [] };
      if (fixed) return kind.translate(row.values, fixed, context);
      const values = kind.flatten?.(row.values) ?? row.values;
      const columns = columnsOf(values);
      for (const column of columns.unmapped) {
        if (unmapped.size < maxUnmapped) unmapped.add(column.slice(0, 64));
      }
      const [column] = columns.ambiguous;
      if (column !== undefined) {
        return { change: undefined, problems: [{ column, code: "columns-ambiguous" }], notes: [] };
      }
      return kind.translate(values, columns, context);
    },
    original(row) {
      // In a row that cannot be read, a secret may stand anywhere.
      if (row.values === undefined && hidesSome) return (header ?? [""]).map(() => "");
      if (header === undefined) return [withoutHidden(kind, row)];
      const cells = header.map((column, index) => {
        const cell = row.original[index] ?? "";
        return kind.hides(column, cell) ? "" : cell;
      });
      // Cells beyond the last column, so that whoever mends the row sees them.
      const beyond = row.original.slice(header.length);
      return beyond.length === 0 ? cells : [...cells.slice(0, -1), [cells.at(-1), ...beyond].join(",")];
    },
    unmapped: () => [...unmapped],
  };
}

function withoutHidden(kind: UploadKind<string, Change>, row: Row): string {
  return JSON.stringify(row.values, (key, value: unknown) =>
    key !== "" && kind.hides(key, value) ? "" : value,
  );
}
