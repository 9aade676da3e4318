import { InboundError } from "#lib/contract/errors.ts";
import { cleanText } from "#lib/fields/clean-text.ts";
import { at, isEmpty, type Read } from "#lib/fields/read.ts";
import {
  personColumnNames,
  secretColumnNames,
  secretColumnNamesOfPeople,
  type PersonField,
  type SecretField,
} from "./column-names.ts";
import { cellOf, normalizedName, type Meaning } from "./columns.ts";
import { isIdentity, type Entry, type LayoutSettings, type UploadKindName } from "./layout.ts";

// The configuration's `uploads.columns`: it goes before what a layout and the names of columns say.

/** A field of ours, `customData.<field>`, or `-` for a column that is left out on purpose. */
export type Target = PersonField | SecretField | `customData.${string}` | typeof leftOutOnPurpose;

export const leftOutOnPurpose = "-";
export const customField = "customData.";

type ColumnSettings = Pick<LayoutSettings, "columns">;
type Values = Readonly<Record<string, unknown>>;

/**
 * What the configuration says of a column: its names are compared as written first, then as all names are. `undefined` for a column
 * that it does not name; `none` for one whose field files of this kind do not have, since one configuration serves both kinds.
 *
 * @throws InboundError `misconfigured` `columns-setting-unknown` for a setting that names no field of ours.
 */
export function configuredMeaning(
  kind: UploadKindName,
  { columns }: ColumnSettings,
): (column: string) => Meaning<Target> | "none" | undefined {
  const asWritten = new Map<string, Meaning<Target> | "none">();
  const normalized = new Map<string, Meaning<Target> | "none">();
  for (const [column, target] of Object.entries(columns)) {
    const meaning = meaningOfSetting(kind, target);
    asWritten.set(column, meaning);
    normalized.set(normalizedName(column), meaning);
  }
  normalized.delete("");
  return (column) => asWritten.get(column) ?? normalized.get(normalizedName(column));
}

function meaningOfSetting(kind: UploadKindName, target: string): Meaning<Target> | "none" {
  // Before every known name.
  const rank = -1;
  if (target === leftOutOnPurpose) return { field: target, rank };
  if (target.startsWith(customField) && target.length > customField.length) {
    return kind === "users" ? { field: target as Target, rank } : "none";
  }
  const isPerson = Object.hasOwn(personColumnNames, target);
  const isSecret = Object.hasOwn(secretColumnNames, target);
  if (!isPerson && !isSecret) {
    throw new InboundError("misconfigured", "columns-setting-unknown", {
      path: "uploads.columns",
      hint: "give a field such as externalId, customData.<field>, or - for a column that is left out",
    });
  }
  const isOfKind = kind === "otp" ? isSecret : isPerson || isOfSecretOnly(target);
  return isOfKind ? { field: target as Target, rank } : "none";
}

/** Whether a field describes a secret, and no person. */
export const isOfSecretOnly = (field: string): boolean => Object.hasOwn(secretColumnNamesOfPeople, field);

/** The names in the configuration that are paths into a JSON record: `profile.mail`, `emails[0].value`. */
export function pathsIn({ columns }: ColumnSettings): readonly string[] {
  return Object.keys(columns).filter((path) => {
    if (!/[.[]/.test(path)) return false;
    try {
      at(undefined, path);
      return true;
    } catch (error) {
      // Another name with a dot or bracket in it.
      if (error instanceof TypeError) return false;
      throw error;
    }
  });
}

/** A record with what is at the paths beside its own names. */
export function withPaths(row: Values, values: Values, paths: readonly string[]): Values {
  const found = paths.flatMap((path) => {
    const { value } = at(values, path);
    return value === undefined || Object.hasOwn(row, path) ? [] : [[path, value] as const];
  });
  return found.length === 0 ? row : { ...row, ...Object.fromEntries(found) };
}

/**
 * The custom data of a row: the object that a JSON row has, and the columns that the configuration makes custom fields of. Text is
 * without invisible characters; empty cells are left out.
 */
export function withCustomFields(
  own: Read | undefined,
  custom: readonly (readonly [field: string, read: Read])[],
): Read | undefined {
  const filled = custom.filter(([, { value }]) => !isEmpty(value));
  if (filled.length === 0) return own;
  const isObject = typeof own?.value === "object" && own.value !== null && !Array.isArray(own.value);
  // What is no object is refused, by its own name.
  if (!isObject && !isEmpty(own?.value)) return own;
  return {
    value: Object.fromEntries([
      ...(isObject ? Object.entries(own.value as object) : []),
      ...filled.map(([field, { value }]) => [field, typeof value === "string" ? cleanText(value) : value]),
    ]),
    path: [...(isObject ? [own.path] : []), ...filled.map(([, { path }]) => path)].join(", "),
  };
}

/** Puts the configuration's columns over what a product's layout reads. */
export type Configure = (entries: readonly Entry[], values: Values) => readonly Entry[];

/**
 * Makes the overlay of one file. A secret that only the configuration knows, e.g. in a column that was added to a product's export of
 * people, becomes an entry of its own.
 *
 * @throws InboundError `misconfigured` `columns-setting-unknown` for a setting that names no field of ours.
 */
export function configuring(
  kind: UploadKindName,
  columns: readonly string[] | undefined,
  settings: ColumnSettings,
): Configure {
  const meaningOf = configuredMeaning(kind, settings);
  if (Object.keys(settings.columns).length === 0) return (entries) => entries;
  const paths = columns ? [] : pathsIn(settings);
  const meant = (names: readonly string[]) =>
    names.flatMap((name) => {
      const meaning = meaningOf(name);
      return meaning === undefined || meaning === "none" ? [] : [[name, meaning.field] as const];
    });
  const fixed = columns && meant(columns);
  return (entries, values) => {
    if (entries.length === 0) return entries;
    const row = withPaths(values, values, paths);
    const found = (fixed ?? meant(Object.keys(row))).map(([path, field]): readonly [Target, Read] => [
      field,
      { value: cellOf(row, path, field), path },
    ]);
    return found.length === 0 ? entries : overlaid(kind, entries, found);
  };
}

function overlaid(
  kind: UploadKindName,
  entries: readonly Entry[],
  found: readonly (readonly [Target, Read])[],
): readonly Entry[] {
  const paths = new Set(found.map(([, { path }]) => path));
  const isTaken = ({ path }: Read) => paths.has(path);
  const overlay = (entry: Entry, isWanted: (field: string) => boolean): Entry => {
    const own = Object.entries(entry.fields).filter(([, read]) => !isTaken(read));
    const fields: Record<string, Read> = {
      ...Object.fromEntries(own),
      ...Object.fromEntries(
        found.filter(
          ([field]) => !field.startsWith(customField) && field !== leftOutOnPurpose && isWanted(field),
        ),
      ),
    };
    return { ...entry, fields };
  };

  const isOfSecret = (field: string) => isOfSecretOnly(field) || isIdentity(field);
  const next = entries.map((entry, index) => {
    if (entry.kind === "person") {
      const person = overlay(entry, (field) => !isOfSecretOnly(field));
      const customData = withCustomFields(person.fields["customData"], customOf(found));
      return customData ? { ...person, fields: { ...person.fields, customData } } : person;
    }
    // Authing holds one secret of a person: the first is the one that the layout chose.
    const isFirst = entries.findIndex((other) => other.kind === "secret") === index;
    return overlay(entry, (field) => isIdentity(field) || (isFirst && isOfSecret(field)));
  });
  const [person] = next;
  const hasSecret = found.some(([field, { value }]) => field === "secret" && !isEmpty(value));
  if (kind === "otp" || !hasSecret || !person || next.some((entry) => entry.kind === "secret")) return next;
  const owner = Object.entries(person.fields).filter(([field]) => isIdentity(field));
  const secret = { kind: "secret" as const, part: "secret", fields: Object.fromEntries(owner) };
  return [...next, overlay(secret, isOfSecret)];
}

const customOf = (found: readonly (readonly [Target, Read])[]) =>
  found
    .filter(([field]) => field.startsWith(customField))
    .map(([field, read]) => [field.slice(customField.length), read] as const);
