import type { CalendarDay, ImportOtp } from "#lib/contract/change.ts";
import type { RowContext } from "#lib/contract/source.ts";
import { isEmpty } from "#lib/fields/read.ts";
import type { Row, RowProblem, Table } from "#lib/formats/format.ts";
import { entryReader } from "#lib/layouts/find.ts";
import type { Entry, EntryKind, LayoutSettings, UploadKindName } from "#lib/layouts/layout.ts";
import type { EntryTranslation } from "./entry-kind.ts";
import { personTranslator } from "./person.ts";
import { redactor } from "./redaction.ts";
import { secretTranslator } from "./secret.ts";

/** One thing that a row brings, and what it means. Its outcome is recorded and told by itself. */
export interface TranslatedEntry extends EntryTranslation {
  readonly kind: EntryKind;
  /** Which part of the row it is; absent: the row itself. */
  readonly part?: string | undefined;
}

/** Translates the rows of one file. Pure, but for the names of columns that it collects. */
export interface RowTranslator {
  /** What a row brings; nothing, where it is about nothing that this upload is for, e.g. a person without a secret in a file of secrets. */
  translate(row: Row): readonly TranslatedEntry[];
  /** False where no row of the file can bring a secret. */
  readonly mayBringSecrets: boolean;
  /** The secrets that a row brings, as far as each can be used, with their column or path. */
  secretsOf(row: Row): readonly { readonly change: ImportOtp; readonly column: string }[];
  /** The row as the file has it, one text for each column or one of JSON, with passwords, secrets and recovery codes blanked. */
  redacted(row: Row): readonly string[];
  /** The columns of the rows so far that are no field of ours, for the summary. */
  unmappedColumns(): readonly string[];
  /** What was decided about columns, for the summary. */
  columnNotes(): readonly RowProblem[];
  /** Our field → the column or path that it was read from, in the first rows. */
  mapping(): Readonly<Record<string, string>>;
}

/** In how many rows at the beginning columns of fields are looked for: each JSON record may have keys of its own. */
const mappedRows = 100;
const maxPathLength = 128;

/** The settings of a deployment that the meaning of rows depends on. */
export interface RowSettings extends LayoutSettings {
  readonly translation: RowContext;
}

/** What a translator needs to know of a file. */
export interface TranslatedTable {
  readonly kind: UploadKindName;
  readonly columns: Table["columns"];
  /** Absent: names of columns say what they mean. */
  readonly layout?: string;
  /** When the import began, ISO 8601: no person in the file was born later. */
  readonly startedAt: string;
}

/**
 * Makes the translator of one file.
 *
 * @throws InboundError `malformed` `columns-ambiguous` or `columns-unrecognized` for a header that no row could be read by.
 */
export function rowTranslator(
  { kind, columns, layout, startedAt }: TranslatedTable,
  settings: RowSettings,
): RowTranslator {
  const reader = entryReader(layout, kind, columns, settings);
  const { redacted } = redactor(kind, columns, reader);
  const { personOf, secretOf } = translatorsOf(settings.translation, latestDay(startedAt));
  const own: EntryKind = kind === "users" ? "person" : "secret";
  const mapping: Record<string, string> = {};
  let seen = 0;
  const see = (entries: readonly Entry[]) => {
    seen += 1;
    for (const { fields } of entries) {
      for (const [field, { value, path }] of Object.entries(fields)) {
        if (mapping[field] === undefined && !isEmpty(value)) mapping[field] = path.slice(0, maxPathLength);
      }
    }
  };
  return {
    translate(row) {
      if (row.values === undefined)
        return [{ kind: own, change: undefined, problems: row.problems, notes: [] }];
      const entries = reader.entries(row.values);
      if (seen < mappedRows) see(entries);
      return entries.map((entry, index) => {
        const meaning = entry.kind === "person" ? personOf(entry.fields) : secretOf(entry.fields);
        return translated(entry, meaning, index === 0 ? row : undefined);
      });
    },
    mayBringSecrets: reader.mayBringSecrets,
    secretsOf(row) {
      if (row.values === undefined || !reader.mayBringSecrets) return [];
      return reader
        .entries(row.values)
        .filter(({ kind: each, problems = [] }) => each === "secret" && problems.length === 0)
        .flatMap(({ fields }) => {
          const { change } = secretOf(fields);
          return change ? [{ change, column: fields["secret"]?.path ?? "secret" }] : [];
        });
    },
    redacted,
    unmappedColumns: () => reader.unmapped(),
    columnNotes: () => reader.notes(),
    mapping: () => mapping,
  };
}

interface Translators {
  readonly today: CalendarDay;
  readonly personOf: ReturnType<typeof personTranslator>;
  readonly secretOf: ReturnType<typeof secretTranslator>;
}

/** Those of the last file: what V8 has compiled for a chunk, and what they remember of its words, serves the next one, too. */
const translators = new WeakMap<RowContext, Translators>();

function translatorsOf(translation: RowContext, today: CalendarDay): Translators {
  const known = translators.get(translation);
  if (known?.today === today) return known;
  const context = { ...translation, today };
  const made = { today, personOf: personTranslator(context), secretOf: secretTranslator(context) };
  translators.set(translation, made);
  return made;
}

/** The day that it is, or will be in some hours, wherever on earth. */
function latestDay(moment: string): CalendarDay {
  return new Date(Date.parse(moment) + 14 * 3_600_000).toISOString().slice(0, 10);
}

function translated(
  { kind, part, problems: ofLayout = none, notes: toldByLayout = none }: Entry,
  meaning: EntryTranslation,
  row: Row | undefined,
): TranslatedEntry {
  const problems = problemsOf(ofLayout, row?.problems ?? none, meaning.problems);
  return {
    change: problems.length > 0 ? undefined : meaning.change,
    externalId: meaning.externalId,
    kind,
    part,
    problems,
    notes: joined(joined(toldByLayout, row?.notes ?? none), meaning.notes),
  };
}

const none: readonly RowProblem[] = [];

const joined = (some: readonly RowProblem[], more: readonly RowProblem[]): readonly RowProblem[] =>
  some.length === 0 ? more : more.length === 0 ? some : [...some, ...more];

/** What the layout says of a column is the reason; what the value looks like without the layout is none. */
function problemsOf(
  ofLayout: readonly RowProblem[],
  ofRow: readonly RowProblem[],
  ofMeaning: readonly RowProblem[],
): readonly RowProblem[] {
  if (ofLayout.length === 0) return joined(ofRow, ofMeaning);
  const told = new Set(ofLayout.flatMap(({ column }) => column ?? []));
  const more = ofMeaning.filter(({ column }) => column === undefined || !told.has(column));
  return [...ofLayout, ...ofRow, ...more];
}
