import { maxUnmapped } from "#lib/layouts/find.ts";
import { withColumn } from "./row-results.ts";
import type { RowTranslator } from "./rows/row-translator.ts";

/** What the summary says of the columns of a file. */
export interface ToldColumns {
  /** Columns that are no field of ours. */
  readonly unused: readonly string[];
  /** Which columns were chosen and left out where several hold one field, as `column: code`. */
  readonly notes: readonly string[];
  /** Our field → the column or path that it was read from. */
  readonly mapping: Readonly<Record<string, string>>;
}

/** Nothing is known of any column. */
export const noColumns: ToldColumns = { unused: [], notes: [], mapping: {} };

/** What a translator has seen so far. */
export const columnsOf = (translator: RowTranslator | undefined): ToldColumns => ({
  unused: translator?.unmappedColumns() ?? [],
  notes: translator?.columnNotes().map(withColumn) ?? [],
  mapping: translator?.mapping() ?? {},
});

/** Joins what several runs over a file have seen, each once and at most 100 of a kind. */
export function joinedColumns(all: readonly ToldColumns[]): ToldColumns {
  const joined = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].slice(0, maxUnmapped);
  return {
    unused: joined(all.map(({ unused }) => unused)),
    notes: joined(all.map(({ notes }) => notes)),
    mapping: Object.assign({}, ...all.map(({ mapping }) => mapping).toReversed()) as ToldColumns["mapping"],
  };
}
