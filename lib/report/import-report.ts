import { Fragment, h, type JSX } from "preact";
import { accountDiffers, type Examples } from "./examples.ts";
import { detailNames, words } from "./import-words.ts";
import {
  bdi,
  caption,
  code,
  columnHead,
  h1,
  h2,
  li,
  numberCell,
  p,
  rowHead,
  table,
  tbody,
  td,
  thead,
  tr,
  ul,
  type Content,
} from "./markup.ts";
import { InBoth, listed, Pairs, Problem, Sentences, Tally, type Explain } from "./parts.ts";

type Counts = Readonly<Record<"accepted" | "updated" | "alreadyDone" | "differing" | "rejected", number>>;
type Counted = Readonly<Record<string, number>>;

/** What the report shows of summary.json. `ImportSummary` of lib/uploads says what each field means. */
export interface ShownImport extends Counts {
  readonly import: string;
  readonly object: { readonly key: string };
  readonly source?: string;
  readonly state: "finished" | "previewed" | "refused";
  readonly problem?: { readonly reason: string; readonly path?: string; readonly hint?: string };
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly estimate?: { readonly requests: number; readonly seconds: number };
  readonly preview?: { readonly people: Counts; readonly secrets: Counts };
  readonly rows: number;
  readonly skipped: number;
  readonly people: Counts;
  readonly secrets: Counts;
  readonly reasons: Counted;
  readonly notes: Counted;
  readonly details: Readonly<Record<string, string | undefined>>;
  readonly mapping: Readonly<Record<string, string>>;
  readonly unusedColumns: readonly string[];
  readonly columnNotes: readonly string[];
}

/** What the report shows beside the summary. */
export interface ImportDetails {
  /** The columns of the file; `undefined` where each row names its own. */
  readonly columns: readonly string[] | undefined;
  readonly examples: Examples;
}

interface Shown {
  readonly summary: ShownImport;
  readonly details: ImportDetails;
  readonly explain: Explain;
}

const say = (word: keyof typeof words): JSX.Element => InBoth({ label: words[word] });

/** What became of an uploaded file, in English and Chinese, for the person who uploaded it. */
export function ImportReport({ summary, details, explain }: Shown): JSX.Element {
  const { problem, reasons, notes } = summary;
  return h(
    Fragment,
    null,
    h1(say(summary.state === "previewed" ? "previewTitle" : "title")),
    facts(summary),
    problem && Problem({ title: h2(say("unread")), problem, explain }),
    h2(say("result")),
    counts(summary),
    h2(say("reasons")),
    tally(reasons, details, explain) ?? p(say("noReasons")),
    Object.keys(notes).length > 0 && [
      h2(say("notes")),
      tally(notes, { ...details, examples: ofNotes(details.examples) }, explain),
    ],
    h2(say("howRead")),
    Pairs({
      rows: Object.entries(summary.details).map(([name, value]) => [detail(name), value && bdi(value)]),
    }),
    h2(say("columns")),
    columns(summary, explain),
  );
}

function facts(summary: ShownImport): JSX.Element {
  const { object, source, state, startedAt, finishedAt, estimate, preview } = summary;
  return Pairs({
    rows: [
      [say("file"), bdi(object.key)],
      [say("import"), summary.import],
      [say("source"), source],
      [say("state"), say(state)],
      [say("began"), startedAt],
      [say("ended"), finishedAt],
      [
        say("estimate"),
        estimate && [`${estimate.requests} `, say("requests"), `, ${estimate.seconds} `, say("seconds")],
      ],
      [
        say("preview"),
        preview && [
          say("people"),
          ` ${preview.people.accepted}, `,
          say("secrets"),
          ` ${preview.secrets.accepted}`,
        ],
      ],
    ],
  });
}

function counts(summary: ShownImport): JSX.Element {
  const { state, rows, skipped, updated, people, secrets } = summary;
  const isPreview = state === "previewed";
  const columns: readonly (readonly [keyof typeof words, keyof Counts])[] = [
    [isPreview ? "wouldBeAccepted" : "accepted", "accepted"],
    ...(updated > 0 ? [[isPreview ? "wouldBeUpdated" : "updated", "updated"] as const] : []),
    ["alreadyDone", "alreadyDone"],
    ["differing", "differing"],
    ["rejected", "rejected"],
  ];
  const line = (label: keyof typeof words, of: Counts) =>
    tr(
      rowHead(say(label)),
      columns.map(([, name]) => numberCell(of[name])),
    );
  return table(
    caption(`${rows} `, say("rows"), skipped > 0 && [`; ${skipped} `, say("skipped")]),
    thead(
      tr(
        td(),
        columns.map(([word]) => columnHead(say(word))),
      ),
    ),
    tbody(line("people", people), line("secrets", secrets), line("total", summary)),
  );
}

const tally = (counted: Counted, details: ImportDetails, explain: Explain): JSX.Element | undefined =>
  Tally({
    names: words.why,
    counted,
    shown,
    meaning: (told) => [Sentences({ about: codeOf(told), explain }), examples(told, details)],
  });

/** A code may be a reason of one row and a note of another: of notes, only the one about accounts has rows of its own. */
const ofNotes = ({ [accountDiffers.code]: rows }: Examples): Examples =>
  rows ? { [accountDiffers.code]: rows } : {};

/** Where the code begins in `column: code`: codes hold no colon. */
const beginOfCode = (told: string): number => told.lastIndexOf(": ") + 1;

const codeOf = (told: string): string => told.slice(beginOfCode(told)).trim();

/** `column: code`, where the name of the column is from outside. */
function shown(told: string): JSX.Element {
  const column = told.slice(0, beginOfCode(told));
  return code(column && bdi(column), told.slice(column.length));
}

function examples(told: string, { columns, examples: all }: ImportDetails): JSX.Element | undefined {
  const rows = all[told] ?? [];
  if (rows.length === 0) return undefined;
  const most = Math.max(...rows.map(({ cells }) => cells.length));
  return h(
    "details",
    { open: true },
    h("summary", null, say("examples")),
    h(
      "div",
      { class: "wide" },
      table(
        columns &&
          thead(
            tr(
              td(),
              columns.slice(0, most).map((column) => columnHead(bdi(column))),
            ),
          ),
        tbody(
          rows.map(({ place, cells }) =>
            tr(
              rowHead(place),
              cells.map((cell) => td(bdi(cell))),
            ),
          ),
        ),
      ),
    ),
  );
}

function detail(name: string): Content {
  const label = detailNames[name];
  return label ? InBoth({ label }) : code(name);
}

function columns({ mapping, unusedColumns, columnNotes }: ShownImport, explain: Explain): Content {
  return [
    table(
      thead(tr(columnHead(say("field")), columnHead(say("column")))),
      tbody(Object.entries(mapping).map(([field, column]) => tr(td(code(field)), td(bdi(column))))),
    ),
    unusedColumns.length > 0 && p(say("unused"), ": ", listed(unusedColumns)),
    columnNotes.length > 0 &&
      ul(columnNotes.map((note) => li(shown(note), Sentences({ about: codeOf(note), explain })))),
  ];
}
