import { Fragment, h, type JSX } from "preact";
import {
  bdi,
  code,
  columnHead,
  h1,
  h2,
  numberCell,
  p,
  table,
  tbody,
  td,
  thead,
  tr,
  warning,
} from "./markup.ts";
import { InBoth, listed, Pairs, Problem, Sentences, Tally, type Explain } from "./parts.ts";
import { words } from "./roster-words.ts";

type Counted = Readonly<Record<string, number>>;

/** What the report shows of report.json. `RosterReport` of lib/rosters says what each field means. */
export interface ShownRoster extends Readonly<
  Record<
    | "open"
    | "joiners"
    | "movers"
    | "back"
    | "unchanged"
    | "others"
    | "undecided"
    | "rejectedBefore"
    | "closed",
    number
  >
> {
  readonly source: string;
  readonly run: string;
  readonly state: "running" | "planned" | "finished" | "refused";
  readonly problem?: { readonly reason: string; readonly path?: string; readonly hint?: string };
  readonly file?: string;
  readonly startedAt: string;
  readonly writtenAt: string;
  readonly read: Readonly<Record<"people" | "inScope" | "outOfScope" | "unusable" | "nameless", number>> & {
    readonly reasons: Counted;
  };
  readonly fields: Counted;
  readonly departures: Readonly<
    Record<"listed" | "absent" | "proven" | "stillThere" | "unproven", number>
  > & {
    readonly reasons: Counted;
    readonly areHeld: boolean;
    readonly taken?: number;
    readonly lost: readonly string[];
  };
  readonly foretold: Counted;
  readonly outcomes: Counted;
  readonly verified?: Readonly<Record<"accounts" | "differing" | "closed", number>> & {
    readonly fields: Counted;
  };
  readonly adopted?: Counted;
  readonly requests: { readonly source: number; readonly authing: number };
  readonly estimate?: { readonly requests: number; readonly seconds: number };
  readonly filled: Readonly<Record<string, { readonly now: number; readonly before?: number }>>;
  readonly missing: readonly string[];
}

type Word = keyof typeof words;

const say = (word: Word): JSX.Element => InBoth({ label: words[word] });

/** What a run over a source's complete list found and did, in English and Chinese. */
export function RosterReport({
  report,
  explain,
}: {
  readonly report: ShownRoster;
  readonly explain: Explain;
}): JSX.Element {
  const { read, departures, verified, adopted, problem, missing } = report;
  const fields = (title: Word, counted: Counted) =>
    Tally({ title: words[title], names: words.field, counted });
  const causes = (title: Word, counted: Counted) =>
    Tally({
      title: words[title],
      names: words.cause,
      counted,
      meaning: (told) => Sentences({ about: codeOf(told), explain }),
    });
  return h(
    Fragment,
    null,
    h1(say(report.state)),
    facts(report),
    problem && Problem({ problem, explain }),
    missing.length > 0 && warning(p(say("missing"), " ", code(listed(missing)))),
    h2(say("read")),
    numbers([
      ["people", read.people],
      ["inScope", read.inScope],
      ["outOfScope", read.outOfScope],
      ["unusable", read.unusable],
      ["nameless", read.nameless],
      ["open", report.open],
    ]),
    causes("reasons", read.reasons),
    h2(say("result")),
    numbers([
      ["joiners", report.joiners],
      ["movers", report.movers],
      ["back", report.back],
      ["unchanged", report.unchanged],
      ["others", report.others],
      ["undecided", report.undecided],
      ["rejectedBefore", report.rejectedBefore],
      ["closed", report.closed],
    ]),
    fields("fields", report.fields),
    h2(say("departures")),
    departures.areHeld && warning(p(say("held"))),
    numbers([
      ["listed", departures.listed],
      ["absent", departures.absent],
      ["proven", departures.proven],
      ["stillThere", departures.stillThere],
      ["unproven", departures.unproven],
      ["taken", departures.taken],
    ]),
    departures.lost.length > 0 && p(say("lost"), ": ", code(listed(departures.lost))),
    causes("unprovenReasons", departures.reasons),
    causes("foretold", report.foretold),
    causes("outcomes", report.outcomes),
    verified && [
      numbers([
        ["verified", verified.accounts],
        ["drifted", verified.differing],
        ["closedThere", verified.closed],
      ]),
      fields("drifted", verified.fields),
    ],
    adopted && causes("adopted", adopted),
    h2(say("filled")),
    filled(report),
  );
}

function facts({ source, run, file, startedAt, writtenAt, requests, estimate }: ShownRoster): JSX.Element {
  return Pairs({
    rows: [
      [say("source"), source],
      [say("run"), run],
      [say("file"), file === undefined ? undefined : bdi(file)],
      [say("began"), startedAt],
      [say("written"), writtenAt],
      [say("requests"), [`${requests.source} `, say("toSource"), `, ${requests.authing} `, say("toAuthing")]],
      [
        say("estimate"),
        estimate && [`${estimate.requests} `, say("toAuthing"), `, ${estimate.seconds} `, say("seconds")],
      ],
    ],
  });
}

const numbers = (all: readonly (readonly [Word, number | undefined])[]): JSX.Element =>
  Pairs({ rows: all.map(([word, count]) => [say(word), count]) });

/** `rejected conflict (email)` → `conflict`. */
const codeOf = (told: string): string =>
  told
    .replace(/ \([^()]*\)$/, "")
    .split(" ")
    .at(-1) ?? told;

const filled = ({ filled: fields }: ShownRoster): JSX.Element =>
  table(
    thead(tr(columnHead(say("field")), columnHead(say("now")), columnHead(say("before")))),
    tbody(
      Object.entries(fields).map(([name, { now, before }]) =>
        tr(td(code(bdi(name))), numberCell(now), numberCell(before)),
      ),
    ),
  );
