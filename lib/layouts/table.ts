import { isEmpty, type Read } from "#lib/fields/read.ts";
import type { RowProblem } from "#lib/formats/format.ts";
import { secretColumnNamesOfPeople, type PersonField, type SecretField } from "./column-names.ts";
import { cellOf, isTokenType, mapColumns, meaningsOf, normalizedName, type Columns } from "./columns.ts";
import { defineLayout, isIdentity, type Entry, type Layout, type Sample } from "./layout.ts";

// The building block of products whose files are tables: our field → the column that holds it. Names are compared as those of all columns
// are, without case, spaces and what templates add.

/** What a cell means, by itself and by other cells of its row. Total over any values. */
export type Meant = (value: unknown, cell: CellReader) => unknown;

/** Reads a cell by the name of its column, as the product writes it. */
type CellReader = (column: string) => Read;

/** A column; of several, the first one that is filled; and what its cells mean, where they are not taken as they are. */
type From = string | readonly string[] | { readonly from: string | readonly string[]; readonly as: Meant };

/** A product's table. */
export interface TableProduct extends Pick<Layout, "name" | "title" | "hides" | "shows"> {
  /** Columns that only this product has together: all of one of the lists. */
  readonly recognizedBy: readonly (readonly string[])[];
  /** Absent: the files hold secrets only. */
  readonly person?: Readonly<Partial<Record<PersonField, From>>>;
  /**
   * Fields of the secret, and those that identify its person where they are not the person's. Absent: a column that was added to the
   * product's file is read by its name, such as `totp_secret`.
   */
  readonly secret?: Readonly<Partial<Record<SecretField, From>>>;
  /** Columns that are left out on purpose. Those that a customer may want are not among them, but are told as unused. */
  readonly ignores?: readonly string[];
  /** More names by which the header is found among other lines, where the file writes them otherwise than they are compared. */
  readonly header?: readonly string[];
  /** The name that a column is compared by. Absent: `normalizedName`. */
  readonly nameOf?: (column: string) => string;
  /** Whether a row is about no person: an example in a template, a bot. */
  readonly skips?: (cell: CellReader) => boolean;
  /** Why the person of a row cannot be brought, beyond what its fields say. */
  readonly problems?: (cell: CellReader) => readonly RowProblem[];
}

/**
 * The layout of a product's table. In a file of people each row is a person, and a secret where the column of one is filled; in a file
 * of secrets each row is a secret, so that one without is refused by its own name.
 */
export function tableLayout(product: TableProduct): Layout {
  const { name, title, hides, shows, recognizedBy, person, secret, ignores = [], skips, problems } = product;
  const nameOf = rememberedNames(product.nameOf ?? normalizedName);
  const used = [...columnsOf(person), ...columnsOf(secret), ...ignores];
  const known = new Set(used.map(nameOf));

  const addedTo = (columns: readonly string[]): Columns<AddedField> =>
    secret ? noColumns : addedColumns(columns.filter((column) => !known.has(nameOf(column))));

  // Rows of a file have the same columns: where each is, is found once.
  let last: { names: string; places: Places } | undefined;
  const placesIn = (values: object): Places => {
    const columns = Object.keys(values);
    const names = JSON.stringify(columns);
    if (last?.names !== names) {
      last = {
        names,
        places: {
          // Of two columns with one name, the first.
          named: new Map(columns.toReversed().map((column) => [nameOf(column), column])),
          added: addedTo(columns),
        },
      };
    }
    return last.places;
  };

  return defineLayout({
    name,
    title,
    ...(hides && { hides }),
    ...(shows && { shows }),
    columns: [...new Set([...used, ...recognizedBy.flat(), ...(product.header ?? [])])],
    knows: (columns) => {
      const { names } = addedTo(columns);
      const added = new Set(names.values());
      return (column) => known.has(nameOf(column)) || added.has(column);
    },
    recognizes({ columns }: Sample) {
      if (!columns) return false;
      const names = new Set(columns.map(nameOf));
      return recognizedBy.some((all) => all.every((column) => names.has(nameOf(column))));
    },
    entries(values, kind) {
      const places = placesIn(values);
      const row = rowOf(values, places.named, nameOf);
      if (skips?.(row.cell)) return [];
      const who = readFields(row, person ?? {});
      const about = secret ? readFields(row, secret) : addedFields(values, places.added);
      const identities = Object.entries({ ...who.fields, ...about.fields }).filter(([field]) =>
        isIdentity(field),
      );
      const factor: Entry = {
        kind: "secret",
        ...(kind === "users" && person && { part: "secret" }),
        fields: { ...Object.fromEntries(identities), ...about.fields },
        ...listed("problems", about.problems),
        ...listed("notes", about.notes),
      };
      if (kind === "otp" || !person) return [factor];
      const main: Entry = {
        kind: "person",
        fields: who.fields,
        ...listed("problems", problems?.(row.cell) ?? []),
        ...listed("notes", who.notes),
      };
      return isEmpty(about.fields["secret"]?.value) ? [main] : [main, factor];
    },
  });
}

interface Places {
  /** The name by which a column is compared → the column. */
  readonly named: ReadonlyMap<string, string>;
  /** Columns of secrets that the product does not have. */
  readonly added: Columns<AddedField>;
}

type AddedField = keyof typeof secretColumnNamesOfPeople;
const noColumns: Columns<AddedField> = { names: new Map(), unmapped: [], leftOut: [], ambiguous: [] };
const addedMeanings = meaningsOf<AddedField>(secretColumnNamesOfPeople);

/** Columns that describe a secret, where there is a column of secrets among them. */
function addedColumns(columns: readonly string[]): Columns<AddedField> {
  const found = mapColumns(columns, (column) => addedMeanings.get(normalizedName(column)));
  return found.names.has("secret") ? found : noColumns;
}

/** The fields of a secret in columns that were added. */
function addedFields(
  values: Readonly<Record<string, unknown>>,
  { names, ambiguous, leftOut }: Columns<AddedField>,
) {
  const [column] = ambiguous;
  return {
    fields: Object.fromEntries(
      [...names]
        .map(([field, path]): [string, Read] => [field, { value: cellOf(values, path, field), path }])
        .filter(([field, { value }]) => field !== "type" || isTokenType(value)),
    ),
    notes: leftOut.map((left): RowProblem => ({ column: left.column, code: "column-left-out" })),
    problems: column === undefined ? [] : [{ column, code: "columns-ambiguous" }],
  };
}

/** Names of columns are few in a deployment; the bound also holds for files with a thousand of their own. */
const maxNames = 4096;

function rememberedNames(nameOf: (column: string) => string): (column: string) => string {
  const names = new Map<string, string>();
  return (column) => {
    let name = names.get(column);
    if (name === undefined) {
      if (names.size >= maxNames) names.clear();
      name = nameOf(column);
      names.set(column, name);
    }
    return name;
  };
}

interface TableRow {
  readonly cell: CellReader;
  /** The cell of a column of the file that holds this field; `undefined` where the file has no such column. */
  find(column: string, field: string): Read | undefined;
}

function rowOf(
  values: Readonly<Record<string, unknown>>,
  places: ReadonlyMap<string, string>,
  nameOf: (column: string) => string,
): TableRow {
  const find = (column: string, field: string): Read | undefined => {
    const path = places.get(nameOf(column));
    return path === undefined ? undefined : { value: cellOf(values, path, field), path };
  };
  return { find, cell: (column) => find(column, "") ?? { value: undefined, path: column } };
}

function readFields(row: TableRow, mapping: Readonly<Partial<Record<string, From>>>) {
  const fields: Record<string, Read> = {};
  const notes: RowProblem[] = [];
  for (const [field, from] of Object.entries(mapping) as [string, From][]) {
    const { columns, as } = sourceOf(from);
    const found = columns.flatMap((column) => row.find(column, field) ?? []);
    // An id is of one column in all rows: ids of two kinds would name two people alike.
    const chosen =
      (field === "externalId" ? found[0] : found.find(({ value }) => !isEmpty(value))) ?? found[0];
    if (!chosen) continue;
    fields[field] = as ? { ...chosen, value: as(chosen.value, row.cell) } : chosen;
    for (const other of found) {
      if (other !== chosen && !isEmpty(other.value) && other.value !== chosen.value)
        notes.push({ column: other.path, code: "column-left-out" });
    }
  }
  return { fields, notes, problems: [] };
}

function sourceOf(from: From): { readonly columns: readonly string[]; readonly as?: Meant } {
  if (typeof from === "string") return { columns: [from] };
  if (Array.isArray(from)) return { columns: from as readonly string[] };
  const { from: columns, as } = from as Exclude<From, string | readonly string[]>;
  return { columns: [columns].flat(), as };
}

const columnsOf = (mapping: Readonly<Partial<Record<string, From>>> = {}): readonly string[] =>
  Object.values(mapping).flatMap((from) => (from === undefined ? [] : sourceOf(from).columns));

function listed<Name extends "problems" | "notes">(name: Name, all: readonly RowProblem[]) {
  return all.length > 0 && ({ [name]: all } as Readonly<Record<Name, readonly RowProblem[]>>);
}

/** Departments that are written in one cell, with this sign between them. */
export const split =
  (separator: RegExp): Meant =>
  (value) =>
    typeof value === "string"
      ? value
          .split(separator)
          .map((part) => part.trim())
          .filter((part) => part !== "")
      : value;
