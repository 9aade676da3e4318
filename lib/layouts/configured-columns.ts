import { isEmpty, type Read } from "#lib/fields/read.ts";
import { secretColumnNames } from "./column-names.ts";
import type { LayoutSettings } from "./layout.ts";

type Fields = Readonly<Record<string, Read>>;

/**
 * The fields of a secret out of a table with fixed columns, where the configuration says more: a column that it maps is that field, and
 * nothing else; one that it maps to `-`, or to a field that no secret has, is left out.
 */
export function withConfiguredColumns(
  fields: Fields,
  values: Readonly<Record<string, unknown>>,
  { columns }: Pick<LayoutSettings, "columns">,
): Fields {
  const configured = Object.entries(columns).filter(([column]) => Object.hasOwn(values, column));
  if (configured.length === 0) return fields;
  const paths = new Set(configured.map(([column]) => column));
  return Object.fromEntries([
    ...Object.entries(fields).filter(([, { path }]) => !paths.has(path)),
    ...configured.flatMap(([column, field]) =>
      Object.hasOwn(secretColumnNames, field) && !isEmpty(values[column])
        ? [[field, { value: values[column], path: column }] as const]
        : [],
    ),
  ]);
}
