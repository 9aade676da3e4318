import { maxUsersPerCreate } from "#lib/authing/limits.ts";
import type { RosterOptions, RosterState } from "./roster-state.ts";
import type { Tally } from "./tally.ts";

/** Where the report of a run is. */
export const resultsFolder = (source: string, run: string): string => `results/roster/${source}/${run}`;

/** What the last good run of a source found: names of fields and numbers. */
export interface LastRoster {
  readonly run: string;
  readonly at: string;
  readonly people: number;
  /** Field → people who had it. */
  readonly filled: Tally;
}

/** What a run found and did. Counts, codes, names of fields and ids of departments; no values. */
export interface RosterReport {
  readonly source: string;
  readonly run: string;
  /** `refused`: nothing was concluded, and nothing applied; `problem` says why. */
  readonly state: "running" | "planned" | "finished" | "refused";
  readonly phase: string;
  readonly problem?: { readonly reason: string; readonly path?: string; readonly hint?: string };
  readonly options: RosterOptions;
  /** The key of the file; absent: the source's API. */
  readonly file?: string;
  readonly startedAt: string;
  readonly writtenAt: string;
  /** People in the list, each once: `people` = `inScope` + `outOfScope` + `unusable`. */
  readonly read: {
    readonly pages: number;
    readonly people: number;
    readonly inScope: number;
    readonly outOfScope: number;
    readonly unusable: number;
    /** Of a file: rows that do not say whose they are. Then no departure is concluded from it. */
    readonly nameless: number;
    /** Reason → people. */
    readonly reasons: Tally;
  };
  /** People of the source who were open before. */
  readonly open: number;
  /** People in scope: `joiners` + `movers` + `back` + `unchanged` + `others` + `undecided` + `rejectedBefore` + `closed` + departures that the list states. */
  readonly joiners: number;
  readonly movers: number;
  readonly back: number;
  readonly unchanged: number;
  /** They belong to another source, which alone may speak about them. */
  readonly others: number;
  /** An operator has been asked whose account it is, by an earlier run, and has not decided: nothing is done anew. */
  readonly undecided: number;
  /** They are back, and `rehire: "reject"` has refused it by an earlier run: nothing is done anew. */
  readonly rejectedBefore: number;
  /** Who has left, or may not sign in, and is closed at Authing or never came. */
  readonly closed: number;
  /** Of movers: the fields that differ → people. */
  readonly fields: Tally;
  readonly departures: {
    /** The list says that they have left. */
    readonly listed: number;
    /** Not in the list: `proven` + `stillThere` + `unproven`. */
    readonly absent: number;
    readonly proven: number;
    readonly stillThere: number;
    /** Of `stillThere`: those with a difference. */
    readonly differing: number;
    readonly unproven: number;
    /** Why the source could not say whether they have left → people. */
    readonly reasons: Tally;
    /** More than the guard takes: all departures of the run are held until an operator decides. */
    readonly areHeld: boolean;
    /** As many are taken without a question. */
    readonly taken?: number;
    /** The departments at Authing that lose most, where departures would be held: `−612 研发部`. */
    readonly lost: readonly string[];
  };
  /** Of a plan: what its joiners and movers would come to → how many. */
  readonly foretold: Tally;
  /** What became of the changes → how many. */
  readonly outcomes: Tally;
  /** Where accounts were compared: how many, and the fields that Authing has otherwise. */
  readonly verified?: {
    readonly accounts: number;
    readonly differing: number;
    /** Closed at Authing, and not by the source: they stay closed. */
    readonly closed: number;
    readonly fields: Tally;
  };
  /** Where accounts without our id are linked by a rule: verdict → joiners. */
  readonly adopted?: Tally;
  readonly requests: { readonly source: number; readonly authing: number };
  /** Of a plan: what applying it takes, at least. */
  readonly estimate?: { readonly requests: number; readonly seconds: number };
  /** Field → people who have it, now and last time. */
  readonly filled: Readonly<Record<string, { readonly now: number; readonly before?: number }>>;
  /** Fields that half of the people or more had last time, and no person has now: a permission may be gone. */
  readonly missing: readonly string[];
}

/** The share of people that had a field last time, from which on its disappearance is told. */
const usuallyFilled = 0.5;

export function reportOf(
  state: RosterState,
  last: LastRoster | undefined,
  { writtenAt, perSecond }: { writtenAt: string; perSecond: number },
): RosterReport {
  const { counts, tallies, options, problem, file, guard } = state;
  const count = (name: string): number => counts[name] ?? 0;
  const [people, unusable, outOfScope] = [count("people"), count("unusable"), count("outOfScope")];
  const leavers = count("leaver") + count("proven");
  const movers = count("mover") + count("back") + count("stillDiffering") + count("drifted");
  const requests = 2 * Math.ceil(count("joiner") / maxUsersPerCreate) + movers + leavers;
  const filled = filledNowAndBefore(tallies.filled, last);
  const isCompared = ["planned", "apply", "finish", "ended"].includes(state.phase) && problem === undefined;
  return {
    source: state.source,
    run: state.run,
    state: stateOf(state),
    phase: state.phase,
    ...(problem && { problem }),
    options,
    ...(file && { file: file.key }),
    startedAt: state.startedAt,
    writtenAt,
    read: {
      pages: state.reading.pages,
      people,
      inScope: people - unusable - outOfScope,
      outOfScope,
      unusable,
      nameless: count("nameless"),
      reasons: tallies.unusable,
    },
    open: count("open"),
    joiners: count("joiner"),
    movers: count("mover"),
    back: count("back"),
    unchanged: count("unchanged"),
    others: count("others"),
    undecided: count("undecided"),
    rejectedBefore: count("rejectedBefore"),
    closed: count("gone"),
    fields: tallies.fields,
    departures: {
      listed: count("leaver"),
      absent: count("absent"),
      proven: count("proven"),
      stillThere: count("stillThere"),
      differing: count("stillDiffering"),
      unproven: count("unproven"),
      reasons: tallies.unproven,
      areHeld: guard?.isHeld ?? false,
      ...(guard && { taken: guard.taken }),
      lost: guard?.lost ?? [],
    },
    foretold: tallies.foretold,
    outcomes: tallies.outcomes,
    ...(options.verify && {
      verified: {
        accounts: count("verified"),
        differing: count("drifted"),
        closed: count("closedAtAuthing"),
        fields: tallies.drift,
      },
    }),
    ...(options.adopt !== undefined && { adopted: tallies.adopted }),
    requests: { source: count("requestsToSource"), authing: count("requestsToAuthing") },
    ...(state.phase === "planned" && {
      estimate: { requests, seconds: Math.ceil(requests / Math.max(1, perSecond)) },
    }),
    filled,
    missing: isCompared ? missingOf(filled, last) : [],
  };
}

function stateOf({ phase, problem }: RosterState): RosterReport["state"] {
  if (problem) return "refused";
  if (phase === "planned") return "planned";
  return phase === "ended" ? "finished" : "running";
}

function filledNowAndBefore(now: Tally, last: LastRoster | undefined): RosterReport["filled"] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(last?.filled ?? {})])].toSorted();
  return Object.fromEntries(
    names.map((name) => [name, { now: now[name] ?? 0, ...(last && { before: last.filled[name] ?? 0 }) }]),
  );
}

function missingOf(filled: RosterReport["filled"], last: LastRoster | undefined): string[] {
  if (!last || last.people === 0) return [];
  return Object.entries(filled)
    .filter(([, { now, before = 0 }]) => now === 0 && before >= usuallyFilled * last.people)
    .map(([name]) => name);
}
