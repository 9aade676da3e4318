import { InboundError } from "#lib/contract/errors.ts";
import {
  personColumnNames,
  secretColumnNames,
  secretColumnNamesOfPeople,
  type PersonField,
  type SecretField,
} from "#lib/layouts/column-names.ts";
import { meaningsOf, normalizedName, type Meaning } from "#lib/layouts/columns.ts";
import type { LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";

/** A field of ours, `customData.<field>`, or `-` for a column that is left out on purpose. */
export type Target = PersonField | SecretField | `customData.${string}` | typeof leftOutOnPurpose;

export const leftOutOnPurpose = "-";
export const customField = "customData.";

const known: Readonly<Record<UploadKindName, ReadonlyMap<string, Meaning<Target>>>> = {
  users: meaningsOf({ ...personColumnNames, ...secretColumnNamesOfPeople }),
  otp: meaningsOf(secretColumnNames),
};

/**
 * What a column of a file means: what the configuration says of it, else what its name is known for. The configuration's names are
 * compared as written first, then as all names are.
 *
 * @throws InboundError `misconfigured` `columns-setting-unknown` for a setting that names no field of ours.
 */
export function meaningByName(
  kind: UploadKindName,
  { columns }: Pick<LayoutSettings, "columns">,
): (column: string) => Meaning<Target> | undefined {
  const asWritten = new Map<string, Meaning<Target> | undefined>();
  const normalized = new Map<string, Meaning<Target> | undefined>();
  for (const [column, target] of Object.entries(columns)) {
    const meaning = meaningOfSetting(kind, target);
    asWritten.set(column, meaning);
    normalized.set(normalizedName(column), meaning);
  }
  return (column) => {
    if (asWritten.has(column)) return asWritten.get(column);
    const name = normalizedName(column);
    if (name === "") return undefined;
    return normalized.has(name) ? normalized.get(name) : known[kind].get(name);
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

/** `undefined` for a field that files of this kind do not have: one configuration serves both kinds. */
function meaningOfSetting(kind: UploadKindName, target: string): Meaning<Target> | undefined {
  // Before every known name.
  const rank = -1;
  if (target === leftOutOnPurpose) return { field: target, rank };
  if (target.startsWith(customField) && target.length > customField.length) {
    return kind === "users" ? { field: target as Target, rank } : undefined;
  }
  const isPerson = Object.hasOwn(personColumnNames, target);
  const isSecret = Object.hasOwn(secretColumnNames, target);
  if (!isPerson && !isSecret) {
    throw new InboundError("misconfigured", "columns-setting-unknown", {
      path: "uploads.columns",
      hint: "give a field such as externalId, customData.<field>, or - for a column that is left out",
    });
  }
  const isOfKind = kind === "otp" ? isSecret : isPerson || Object.hasOwn(secretColumnNamesOfPeople, target);
  return isOfKind ? { field: target as Target, rank } : undefined;
}
