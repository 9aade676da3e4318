import type { EntryFields } from "#lib/uploads/rows/entry-kind.ts";

/** The fields of an entry, under their own names; those in `columns` have the name of a column. */
export function entryFields(
  fields: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, string>> = {},
): EntryFields {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, { value, path: columns[field] ?? field }]),
  );
}

/** Problems and notes, each as one text. */
export const codesOf = (told: readonly { readonly code: string; readonly column?: string }[]): string[] =>
  told.map(({ column, code }) => (column === undefined ? code : `${column}: ${code}`));
