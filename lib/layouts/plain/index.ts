import { InboundError } from "#lib/contract/errors.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { isSameList, mapColumns, normalizedName, type Columns, type Meaning } from "#lib/layouts/columns.ts";
import { leftOutOnPurpose, pathsIn, withPaths, type Target } from "#lib/layouts/configured.ts";
import type { Entry, LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";
import { entriesReader } from "./entries.ts";
import { meaningByName } from "./names.ts";

export { knowsColumn, meaningByName } from "./names.ts";

type Values = Readonly<Record<string, unknown>>;

/** Reads the records of one file that no product's layout recognises, by the names of its columns. */
export interface PlainReader {
  /** What a record brings: at least one entry. Total over any values. */
  entries(values: Values): readonly Entry[];
  /** The columns so far that are no field of ours, for the summary: at most 100, each cut at 64 UTF-16 units. */
  unmapped(): readonly string[];
  /**
   * Which columns were chosen (`column-chosen`) and left out (`column-left-out`) where several hold one field, so far and at most 100.
   * Said once for the file and not in each row: the choice is made by the names, and is the same in every row.
   */
  notes(): readonly RowProblem[];
}

/** Where records are in a JSON document of no product: Workday's reports (RaaS) name the list `Report_Entry`, Authing's API `list`. */
export const plainLists = ["Report_Entry", "list", "users", "data", "records"] as const;

/** Every row of a JSON file may name columns of its own, so their number has a limit. */
const maxTold = 100;
/** In UTF-16 units. */
const maxColumnNameLength = 64;
/** Lists of columns whose meaning is kept, and the length of such a list in UTF-16 units. */
const maxKnown = 64;
const maxKnownLength = 16_384;

/**
 * The reader of a table or document by the names of its columns.
 *
 * @param columns the file's columns; `undefined` where each record names its own.
 * @throws InboundError `malformed` `columns-ambiguous` or `columns-unrecognized` for a header that no row could be read by,
 *   `misconfigured` `columns-setting-unknown` for a setting that names no field of ours.
 */
export function plainReader(
  kind: UploadKindName,
  columns: readonly string[] | undefined,
  settings: LayoutSettings,
): PlainReader {
  const meaningOf = meaningByName(kind, settings);
  const unmapped = new Set<string>();
  const notes = new Map<string, RowProblem>();
  const mapped = (names: readonly string[]) => {
    const found = mapColumns(...meant(kind, names, meaningOf));
    for (const column of found.unmapped) {
      if (unmapped.size < maxTold) unmapped.add(column.slice(0, maxColumnNameLength));
    }
    for (const { column, chosen } of found.leftOut) {
      addNote(notes, { column: chosen, code: "column-chosen" });
      addNote(notes, { column, code: "column-left-out" });
    }
    return found;
  };
  const told = { unmapped: () => [...unmapped], notes: () => [...notes.values()] };

  if (columns) {
    const fixed = mapped(columns);
    refuseUnusable(kind, fixed);
    return { entries: entriesReader(kind, fixed), ...told };
  }

  const paths = pathsIn(settings);
  const heads = new Set(paths.map((path) => path.split(/[.[]/, 1)[0] ?? ""));
  // An object that a path leads into is read by the path, and is no value of a field that happens to have its name.
  const isReadByPath = (column: string) => heads.has(column) && !structured.has(meaningOf(column)?.field);
  // Records mostly have the same columns as the one before, and else one of few lists of columns.
  let last: { names: readonly string[]; entries: PlainReader["entries"] } | undefined;
  const known = new Map<string, PlainReader["entries"]>();
  const entriesWith = (names: readonly string[]) => {
    const key = JSON.stringify(names);
    let entries = known.get(key);
    if (entries === undefined) {
      if (known.size >= maxKnown) known.clear();
      entries = entriesReader(kind, mapped(names.filter((column) => !isReadByPath(column))));
      if (key.length <= maxKnownLength) known.set(key, entries);
    }
    return entries;
  };
  return {
    entries(values) {
      const row = withPaths(flattened(kind, values), values, paths);
      const names = Object.keys(row);
      if (last === undefined || !isSameList(last.names, names)) last = { names, entries: entriesWith(names) };
      return last.entries(row);
    },
    ...told,
  };
}

function addNote(notes: Map<string, RowProblem>, { column = "", code }: RowProblem): void {
  const shown = column.slice(0, maxColumnNameLength);
  if (notes.size < maxTold) notes.set(`${code} ${shown}`, { column: shown, code });
}

/** What would only describe a secret, which a file of people without a column of secrets does not hold. */
const describing: ReadonlySet<Target> = new Set<Target>(["algorithm", "digits", "period", "type", "counter"]);

/** The columns that are not left out on purpose, and what each means in the company of the others. */
function meant(
  kind: UploadKindName,
  columns: readonly string[],
  meaningOf: (column: string) => Meaning<Target> | undefined,
): [columns: readonly string[], meaningOf: (column: string) => Meaning<Target> | undefined] {
  const meanings = new Map(columns.map((column) => [column, meaningOf(column)]));
  const hasSecret = kind === "otp" || [...meanings.values()].some((meaning) => meaning?.field === "secret");
  return [
    columns.filter((column) => meanings.get(column)?.field !== leftOutOnPurpose),
    (column) => {
      const meaning = meanings.get(column);
      return meaning && !hasSecret && describing.has(meaning.field) ? undefined : meaning;
    },
  ];
}

/** Fields that hold objects or lists, of which a path may take a part. */
const structured = new Set<Target | undefined>([
  "customData",
  "identities",
  "tenantIds",
  "departmentIds",
  "metadataSource",
]);

const identities: readonly Target[] = ["email", "phone", "username"];

function refuseUnusable(kind: UploadKindName, { names, ambiguous }: Columns<Target>): void {
  if (ambiguous.length > 0) {
    // Their names are in our tables or in the configuration, so the error may show them.
    throw new InboundError("malformed", "columns-ambiguous", {
      path: `columns ${ambiguous.map((column) => column.slice(0, maxColumnNameLength)).join(", ")}`,
      hint: 'they mean the same field; keep one of them, or give the other "-" in uploads.columns',
    });
  }
  const isUsable =
    kind === "users"
      ? identities.some((field) => names.has(field))
      : names.has("secret") &&
        [...identities, "userId" as const, "externalId" as const].some((field) => names.has(field));
  if (isUsable) return;
  // Without the names of the columns: in a file without a header they are personal data.
  throw new InboundError("malformed", "columns-unrecognized", {
    path: "header",
    hint:
      kind === "users"
        ? "name a column email, phone or username (邮箱, 手机号, 用户名), or name yours in uploads.columns"
        : "name a column userId, externalId, email, phone or username, and one secret, or name yours in uploads.columns",
  });
}

/** Authing's own shape nests the secret: `{"userId", "otp": {"secret"}}`. In a file of people other objects are values of fields. */
function flattened(kind: UploadKindName, values: Values): Values {
  const isNested = (name: string, value: unknown): value is object =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    (kind === "otp" || ["otp", "totp"].includes(normalizedName(name)));
  if (!Object.entries(values).some(([name, value]) => isNested(name, value))) return values;
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      isNested(name, value)
        ? Object.entries(value).map(([inner, own]) => [`${name}.${inner}`, own])
        : [[name, value]],
    ),
  );
}
