import { InboundError } from "#lib/contract/errors.ts";
import type { ReadContext, RowProblem } from "#lib/formats/format.ts";
import { normalizedName } from "./columns.ts";
import { configuredMeaning, configuring } from "./configured.ts";
import type { Entry, Layout, LayoutSettings, Sample, UploadKindName } from "./layout.ts";
import { withMigrationKey } from "./migration-uri.ts";
import { knowsColumn, meaningByName, plainLists, plainReader } from "./plain/index.ts";
import * as registry from "./registry.ts";

const layouts: readonly Layout[] = Object.values(registry);

/** Reads what the records of one file bring. */
export interface EntryReader {
  /** None, for a record that is about nothing this upload is for. */
  entries(values: Readonly<Record<string, unknown>>): readonly Entry[];
  /** Columns or keys of the first level that nothing reads, as far as records have shown them. */
  unmapped(): readonly string[];
  /** Which columns were chosen and left out where several hold one field, as far as records have shown them. */
  notes(): readonly RowProblem[];
  /** Names of columns or keys, at any depth, that hold secrets and do not look so. */
  readonly hides: readonly string[];
  /** Names of columns or keys, at any depth, that look as if they held secrets and hold none. */
  readonly shows: readonly string[];
  /** Given the columns of the file, or the keys of a record: whether the layout of a product knows what is in one of them. */
  knows(columns: readonly string[]): (column: string) => boolean;
  /** False where no record of the file can bring a secret. */
  readonly mayBringSecrets: boolean;
  /** The field of ours that the configuration, or a name in a table of no product, makes of a column. */
  fieldOf(column: string): string | undefined;
}

/** The beginning of a file. */
export interface Beginning extends Pick<Sample, "columns" | "list"> {
  /** The name of its format. */
  readonly format: string;
  /** Its first records that can be read. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The layout that a file is in; `undefined` where the names of its columns say what they mean.
 *
 * Records of a product need not all have what only this product writes: any of them decides, and one layout must account for all that are
 * recognised.
 *
 * @throws InboundError `malformed` `layout-ambiguous` for records of several products; `misconfigured` `layout-setting-unknown` for a
 *   setting that names none.
 */
export function findLayout(
  { format, columns, list, records }: Beginning,
  settings: Pick<LayoutSettings, "layout">,
): Layout | undefined {
  const ofFormat = layouts.find(({ name }) => name === format);
  if (settings.layout !== undefined && !ofFormat) return layoutOfSetting(settings.layout);
  const samples: readonly Sample[] = (records.length > 0 ? records : [undefined]).map((values) => ({
    columns,
    values,
    ...(list !== undefined && { list }),
  }));
  const found = layouts
    .map((layout) => ({ layout, recognized: samples.filter((sample) => layout.recognizes(sample)) }))
    .filter(({ recognized }) => recognized.length > 0);
  const all = new Set(found.flatMap(({ recognized }) => recognized));
  const whole = found.find(({ recognized }) => recognized.length === all.size);
  if (whole === undefined && found.length > 0) {
    // Names of layouts are ours.
    throw new InboundError("malformed", "layout-ambiguous", {
      path: `layouts ${found.map(({ layout }) => layout.name).join(", ")}`,
      hint: "upload the records of each product in a file of their own, or name the layout in uploads.layout",
    });
  }
  return whole?.layout;
}

/** How the setting names files that are read by the names of their columns. */
const plain = "plain";

function layoutOfSetting(setting: string): Layout | undefined {
  const layout = layouts.find(({ name }) => name === setting);
  if (layout || setting === plain) return layout;
  throw new InboundError("misconfigured", "layout-setting-unknown", {
    path: "uploads.layout",
    hint: `name one of ${[plain, ...layouts.map(({ name }) => name)].toSorted().join(", ")}, or leave it out`,
  });
}

/**
 * The reader of a file's records.
 *
 * @param layout the name of its layout; absent: the names of its columns say what they mean.
 * @throws InboundError `malformed` `columns-ambiguous` or `columns-unrecognized` for a header that no record could be read by, or the
 *   reason of a layout whose files are refused; `misconfigured` `columns-setting-unknown` for a setting that names no field of ours.
 */
export function entryReader(
  layout: string | undefined,
  kind: UploadKindName,
  columns: readonly string[] | undefined,
  settings: LayoutSettings,
): EntryReader {
  if (layout === undefined) {
    const meaningOf = meaningByName(kind, settings);
    const plain = plainReader(kind, columns, settings);
    return {
      ...plain,
      entries: (values) => plain.entries(values).map(withMigrationKey),
      hides: [],
      shows: [],
      knows: () => () => false,
      mayBringSecrets: columns?.some((column) => meaningOf(column)?.field === "secret") ?? true,
      fieldOf: (column) => meaningOf(column)?.field,
    };
  }
  const found = layouts.find(({ name }) => name === layout);
  // The plan of an import names it, and this bundle wrote the plan.
  if (!found) throw new TypeError("no such layout");
  return productReader(found, kind, columns, settings);
}

/** Every record of a JSON file may have keys of its own, so the number of those that are told has a limit. */
export const maxUnmapped = 100;
/** In UTF-16 units. */
const maxNameLength = 64;

function productReader(
  { entries, knows, hides = [], shows = [], refusal }: Layout,
  kind: UploadKindName,
  columns: readonly string[] | undefined,
  settings: LayoutSettings,
): EntryReader {
  if (refusal) throw new InboundError("malformed", refusal.reason, { path: "file", hint: refusal.hint });
  const configured = configuredMeaning(kind, settings);
  const configure = configuring(kind, columns, settings);
  const knowing = knowingOf(knows);
  const unmapped = new Set<string>();
  const see = (names: readonly string[]) => {
    const isKnown = knowing(names);
    for (const name of names) {
      if (unmapped.size < maxUnmapped && name !== "" && !isKnown(name) && configured(name) === undefined)
        unmapped.add(name.slice(0, maxNameLength));
    }
  };
  if (columns) see(columns);
  return {
    entries(values) {
      if (!columns) see(Object.keys(values));
      return configure(entries(values, kind, settings), values).map(withMigrationKey);
    },
    unmapped: () => [...unmapped],
    notes: () => [],
    hides,
    shows,
    knows: knowing,
    mayBringSecrets: true,
    fieldOf(column) {
      const meaning = configured(column);
      return meaning === "none" ? undefined : meaning?.field;
    },
  };
}

/** Names are compared as those of columns are: templates mark what must be filled, and tables write `_` for a capital letter. */
function knowingOf(knows: Layout["knows"]): (columns: readonly string[]) => (name: string) => boolean {
  if (knows === undefined) return () => () => true;
  if (typeof knows === "function") return knows;
  const names = new Set(knows.map(normalizedName));
  return () => (name) => names.has(normalizedName(name));
}

/** What formats are told of the layouts: names by which a header is found, where records are in a document, tables without a header. */
export function readContext(
  kind: UploadKindName,
  settings: LayoutSettings,
): Pick<ReadContext, "knows" | "lists" | "around" | "headerless"> {
  const names = new Set(
    [...layouts.flatMap(({ columns = [] }) => columns), ...Object.keys(settings.columns)].map(normalizedName),
  );
  const lists = new Set(["[]", ...layouts.flatMap((layout) => layout.lists ?? []), ...plainLists]);
  const isKnown = knowsColumn(kind, settings);
  return {
    knows: (name) => isKnown(name) || names.has(normalizedName(name)),
    lists: [...lists],
    around: [...new Set(layouts.flatMap(({ around }) => around?.names ?? []))],
    headerless: layouts.flatMap(({ headerless }) => headerless ?? []),
  };
}
