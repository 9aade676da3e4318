import type { FieldReader } from "#lib/uploads/rows/entry-kind.ts";

/** Reads the fields of an object, under their own names; those in `columns` have the name of a column. */
export function fieldReader(
  fields: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, string>> = {},
): FieldReader<string> {
  return (field) => ({
    value: Object.hasOwn(fields, field) ? fields[field] : undefined,
    path: columns[field] ?? field,
  });
}

/** Problems and notes, each as one text. */
export const codesOf = (told: readonly { readonly code: string; readonly column?: string }[]): string[] =>
  told.map(({ column, code }) => (column === undefined ? code : `${column}: ${code}`));
