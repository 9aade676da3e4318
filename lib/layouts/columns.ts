import { normalized } from "#lib/fields/clean-text.ts";
import type { ColumnNames } from "./column-names.ts";

/** Which field of ours each column of a file holds. */
export interface Columns<Field extends string> {
  /** Our field → the name of its column as the file writes it. */
  readonly names: ReadonlyMap<Field, string>;
  /** Columns that are no field of ours. */
  readonly unmapped: readonly string[];
  /** Columns that mean the same, so that it is unclear which of them counts. */
  readonly ambiguous: readonly string[];
}

/** Fields that exclude each other: a file may have one of each group. */
const exclusive: readonly (readonly string[])[] = [
  ["password", "passwordHash"],
  ["status", "accountEnabled", "accountDisabled"],
];

/** Maps the columns of a file to our fields by their names. */
export function mapColumns<Field extends string>(
  columns: readonly string[],
  fieldOf: ReadonlyMap<string, Field>,
): Columns<Field> {
  const found = new Map<Field, string[]>();
  const unmapped: string[] = [];
  for (const column of columns) {
    const field = fieldOf.get(normalizedName(column));
    if (field === undefined) unmapped.push(column);
    else found.set(field, [...(found.get(field) ?? []), column]);
  }
  const groups = [
    ...found.values(),
    ...exclusive.map((fields) => fields.flatMap((field) => found.get(field as Field) ?? [])),
  ];
  return {
    names: new Map([...found].map(([field, names]) => [field, names[0] as string])),
    unmapped: unmapped.filter((column) => column !== ""),
    ambiguous: groups.find((group) => group.length > 1) ?? [],
  };
}

/** The field of every name. Throws a TypeError for a name that two fields have, which is a mistake in `column-names.ts`. */
export function fieldsByName<Field extends string>(
  columnNames: ColumnNames<Field>,
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const [field, names] of Object.entries(columnNames) as [Field, readonly string[]][]) {
    for (const name of [normalizedName(field), ...names]) {
      if (fields.has(name)) throw new TypeError(`column "${name}" is both ${fields.get(name)} and ${field}`);
      fields.set(name, field);
    }
  }
  return fields;
}

/**
 * The name of a column without what templates add: case, spaces, `_ - .`, `*`, `（必填）`, `[Required]`. A bracket ends at the next one of
 * either kind: looked for beyond, each of many open brackets would be followed to the end of the name.
 */
export function normalizedName(column: string): string {
  return normalized(column, "NFKC")
    .toLowerCase()
    .replaceAll(/\(必填\)|\[[^[\]]*\]|[\s\p{Default_Ignorable_Code_Point}_.*-]+/gu, "");
}
