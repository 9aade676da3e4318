import {
  personColumnNames,
  secretColumnNames,
  secretColumnNamesOfPeople,
} from "#lib/layouts/column-names.ts";
import { meaningsOf, normalizedName, type Meaning } from "#lib/layouts/columns.ts";
import { configuredMeaning, type Target } from "#lib/layouts/configured.ts";
import type { LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";

const known: Readonly<Record<UploadKindName, ReadonlyMap<string, Meaning<Target>>>> = {
  users: meaningsOf({ ...personColumnNames, ...secretColumnNamesOfPeople }),
  otp: meaningsOf(secretColumnNames),
};

/**
 * What a column of a file means: what the configuration says of it, else what its name is known for.
 *
 * @throws InboundError `misconfigured` `columns-setting-unknown` for a setting that names no field of ours.
 */
export function meaningByName(
  kind: UploadKindName,
  settings: Pick<LayoutSettings, "columns">,
): (column: string) => Meaning<Target> | undefined {
  const configured = configuredMeaning(kind, settings);
  return (column) => {
    const meaning = configured(column) ?? known[kind].get(normalizedName(column));
    return meaning === "none" ? undefined : meaning;
  };
}

/** Whether a name is the name of a column that is read from files of this kind: by it a header is found. */
export function knowsColumn(
  kind: UploadKindName,
  settings: Pick<LayoutSettings, "columns">,
): (name: string) => boolean {
  const meaningOf = meaningByName(kind, settings);
  return (name) => meaningOf(name) !== undefined;
}
