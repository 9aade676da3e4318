import type { Change } from "#lib/contract/change.ts";
import type { RowContext } from "#lib/contract/source.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import type { Entry } from "#lib/layouts/layout.ts";

/** What an entry means: a change, or every reason why it means none. Notes inform and refuse nothing. */
export interface EntryTranslation<OfKind extends Change = Change> {
  readonly change: OfKind | undefined;
  /** Of an entry that means no change: our id of the person, where it says it. By it an operator finds the outcome of the row. */
  readonly externalId?: string | undefined;
  readonly problems: readonly RowProblem[];
  readonly notes: readonly RowProblem[];
}

/** Our field → its value, and the column or path by which the file names it. Fields that are not there have no value. */
export type EntryFields = Entry["fields"];

/**
 * Makes the translator of the entries of one kind, persons or TOTP secrets, of one file: what their fields mean. Pure, but for what it
 * remembers of the values of a file: no clock, no I/O.
 */
export type EntryKindTranslator<OfKind extends Change> = (
  context: RowContext,
) => (fields: EntryFields) => EntryTranslation<OfKind>;
