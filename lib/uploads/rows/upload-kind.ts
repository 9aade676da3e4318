import type { Change } from "#lib/contract/change.ts";
import type { TranslationContext } from "#lib/contract/source.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { Columns } from "./columns.ts";

/** What a row means: a change, or every reason why it means none. Notes inform and refuse nothing. */
export interface RowTranslation<OfKind extends Change = Change> {
  readonly change: OfKind | undefined;
  /** Of a row that means no change: our id of the person, where the row says it. By it an operator finds the outcome of the row. */
  readonly externalId?: string | undefined;
  readonly problems: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
}

/** A kind of upload: which columns a file may have, and what a row of it means. */
export interface UploadKind<Field extends string, OfKind extends Change> {
  /** Its folder under `incoming/`. */
  readonly name: string;
  /** Names of columns, as `normalizedName` writes them → our field. */
  readonly fieldOf: ReadonlyMap<string, Field>;
  /** Whether a row with these columns can be accepted at all. */
  isUsable(columns: Columns<Field>): boolean;
  /** What to do about a file whose columns are not usable. */
  readonly hint: string;
  /** Whether results must not show this column, or this value in it. */
  hides(column: string, value: unknown): boolean;
  /** Turns nested values of a JSON row into columns. */
  flatten?(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** Pure: no clock, no I/O. */
  translate(
    values: Readonly<Record<string, unknown>>,
    columns: Columns<Field>,
    context: TranslationContext,
  ): RowTranslation<OfKind>;
}
