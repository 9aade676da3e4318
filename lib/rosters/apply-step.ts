import { InboundError } from "#lib/contract/errors.ts";
import { outcomeText } from "#lib/contract/outcome.ts";
import { maxUsersPerCreate } from "#lib/authing/limits.ts";
import { rehearseAll } from "#lib/operations/rehearsal.ts";
import { apply } from "#lib/pipeline/apply.ts";
import type { Applied, ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { takenOf } from "#lib/pipeline/guard.ts";
import { mostLost } from "./lost.ts";
import type { RosterWork } from "./roster-ports.ts";
import type { DifferenceLine, RosterState } from "./roster-state.ts";
import { added, tallied } from "./tally.ts";

/** How long the first try and the last one wait for what decides about a change: Authing, a lock, another worker. */
const waits = { first: 500, longest: 10_000 } as const;

/** What a plan says that its changes would come to: the worker's own code, with ports that read and never write. */
export async function foretellStep(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { part, line } = state.place;
  const plannedAt = new Date(work.clock.now()).toISOString();
  if (part >= state.parts.changes)
    return { ...(await guarded(state, work)), phase: "planned", plannedAt, place: { part: 0, line: 0 } };
  const all = await work.files.read("changes", part);
  const some = all.slice(line, line + maxUsersPerCreate);
  const applied = await both(some, work, (messages, run) => rehearseAll(messages, work, run));
  const end = line + some.length;
  return {
    ...state,
    place: end >= all.length ? { part: part + 1, line: 0 } : { part, line: end },
    tallies: { ...state.tallies, foretold: added(state.tallies.foretold, tallied(applied.map(wordsOf))) },
  };
}

/**
 * Applies fifty changes: joiners and movers first, then the departures, about which the guard has decided with the numbers of the whole
 * run.
 */
export async function applyStep(given: RosterState, work: RosterWork): Promise<RosterState> {
  const state = given.guard ? given : await guarded(given, work);
  if (state.place.part === 0 && state.place.line === 0) tellHeld(state, work);
  const { part, line } = state.place;
  const { changes, leavers } = state.parts;
  if (part >= changes + leavers) return { ...state, phase: "finish", place: { part: 0, line: 0 } };
  const all =
    part < changes
      ? await work.files.read("changes", part)
      : await work.files.read("leavers", part - changes);
  const some = all.slice(line, line + maxUsersPerCreate);
  const departures = state.guard?.isHeld ? ("held" as const) : ("taken" as const);
  const guard = part < changes ? {} : { departures };
  const applied = await both(some, work, (messages, run) =>
    untilDecided(messages, work, { ...run, ...guard }),
  );
  if (applied.some(({ state: each }) => each === "later")) throw new InboundError("unavailable", "undecided");
  const end = line + some.length;
  return {
    ...state,
    place: end >= all.length ? { part: part + 1, line: 0 } : { part, line: end },
    counts: added(state.counts, { applied: some.length }),
    tallies: { ...state.tallies, outcomes: added(state.tallies.outcomes, tallied(applied.map(wordsOf))) },
  };
}

/** The guard looks before the first write, at the departures of the whole run together. */
async function guarded(state: RosterState, work: RosterWork): Promise<RosterState> {
  const { open = 0, leaver = 0, proven = 0 } = state.counts;
  const taken = takenOf(open, work.departureLimit(state.source));
  const isHeld = leaver + proven > taken;
  return { ...state, guard: { isHeld, taken, lost: isHeld ? await mostLost(state.tallies.lost, work) : [] } };
}

/** One line, as the guard of events writes it, with the departments that lose most. */
function tellHeld({ source, run, counts, guard }: RosterState, { log }: RosterWork): void {
  if (!guard?.isHeld) return;
  const { open: people = 0, leaver = 0, proven = 0 } = counts;
  const departures = leaver + proven;
  log.error("departures held", {
    source,
    roster: run,
    departures,
    taken: guard.taken,
    people,
    departments: guard.lost.join(", "),
  });
}

type ApplySome = (
  messages: readonly DifferenceLine["message"][],
  run: ApplyRun,
) => Promise<readonly Applied[]>;

/** Of lines whose accounts are linked by the rule of the run, and of the others, what became of them; in the order of the lines. */
async function both(
  lines: readonly DifferenceLine[],
  { owner, deadline }: RosterWork,
  work: ApplySome,
): Promise<readonly Applied[]> {
  const results = new Map<DifferenceLine, Applied>();
  for (const adopts of [undefined, true] as const) {
    const own = lines.filter((line) => line.adopts === adopts);
    if (own.length === 0) continue;
    const run = { owner, deadline, ...(adopts && { isSame: true }) };
    const applied = await work(
      own.map(({ message }) => message),
      run,
    );
    for (const [index, line] of own.entries()) results.set(line, applied[index] ?? { state: "later" });
  }
  return lines.map((line) => results.get(line) ?? { state: "later" });
}

/** Applies messages, those that are not decided again and again, until the time is up. */
async function untilDecided(
  messages: readonly DifferenceLine["message"][],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<readonly Applied[]> {
  const results = [...(await apply(messages, ports, run))];
  const { clock } = ports;
  for (let pause: number = waits.first; ; pause = Math.min(waits.longest, pause * 2)) {
    const open = results.flatMap(({ state }, index) => (state === "later" ? [index] : []));
    if (open.length === 0 || clock.now() + pause >= run.deadline) return results;
    await clock.wait(pause);
    const again = await apply(
      open.flatMap((index) => messages[index] ?? []),
      ports,
      run,
    );
    for (const [place, index] of open.entries()) results[index] = again[place] ?? { state: "later" };
  }
}

function wordsOf(applied: Applied): string {
  return applied.state === "done" ? outcomeText(applied.outcome) : `waiting ${applied.reason ?? ""}`.trim();
}
