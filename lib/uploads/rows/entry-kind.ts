import type { Change } from "#lib/contract/change.ts";
import type { RowContext } from "#lib/contract/source.ts";
import type { Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";

/** What an entry means: a change, or every reason why it means none. Notes inform and refuse nothing. */
export interface EntryTranslation<OfKind extends Change = Change> {
  readonly change: OfKind | undefined;
  /** Of an entry that means no change: our id of the person, where it says it. By it an operator finds the outcome of the row. */
  readonly externalId?: string | undefined;
  readonly problems: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
}

/** Reads a field of an entry: its value, and the column or path by which the file names it. `undefined` for a field that is not there. */
export type FieldReader<Field extends string> = (field: Field) => Read;

/** A kind of entry, a person or a TOTP secret: what its fields mean. Pure: no clock, no I/O. */
export type EntryKindTranslator<Field extends string, OfKind extends Change> = (
  read: FieldReader<Field>,
  context: RowContext,
) => EntryTranslation<OfKind>;
