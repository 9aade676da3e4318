import type { Config } from "#lib/config.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import { takenOf } from "#lib/pipeline/guard.ts";
import { eventId } from "#lib/rosters/compare-step.ts";
import type { DifferenceLine } from "#lib/rosters/roster-state.ts";
import { rosterSettings } from "#lib/wiring/delivery-settings.ts";
import { isBelieved } from "./listed.ts";
import type { Run, Synced } from "./rosters.ts";

// What must be true of runs over lists, beside what they say of each person.

interface Ended {
  readonly config: Config;
  readonly records: readonly EventRecord[];
  /** An operator has released departures that were held. */
  readonly isReleased: boolean;
}

/** The rules about runs that do not hold. */
export function brokenRuns(runs: readonly Run[], { config, records, isReleased }: Ended): string[] {
  const broken: string[] = [];
  const rule = (holds: boolean, name: string) => void (holds || broken.push(name));
  const limits = rosterSettings(config);
  for (const each of runs) {
    const { source, run, state, differences } = each;
    const name = `${source}/${run}`;
    rule(state.phase === "ended" || state.phase === "planned", `the list ${name} ends`);
    const own = records.filter(
      (record) => record.source === source && record.id.startsWith(eventId(run, "")),
    );
    if (!isBelieved(each)) {
      rule(own.length === 0, `nothing comes of the list ${name}, which is not believed`);
      continue;
    }
    const decided = new Map(own.map((record) => [record.id, record]));
    for (const { message } of differences)
      rule(decided.has(message.event.id), `${message.event.id} of a list has an outcome`);
    const departures = differences.filter(({ kind }) => kind === "leaver");
    const outcomes = departures.map(({ message }) => decided.get(message.event.id)?.outcome);
    const isHeld = departures.length > takenOf(state.counts["open"] ?? 0, limits.departureLimit(source));
    rule(
      isHeld || outcomes.every((outcome) => outcome?.reason !== "mass-departure"),
      `no departure of the list ${name} is held`,
    );
    rule(
      !isHeld || isReleased || outcomes.every((outcome) => outcome?.kind !== "accepted"),
      `the departures of the list ${name} are held`,
    );
  }
  return broken;
}

/** Departures that were concluded of people who had not left, by what has happened at their source. */
export function brokenDepartures(
  runs: readonly Run[],
  synced: readonly Synced[],
  hadLeft: (source: string, subject: string, at: string) => boolean,
): string[] {
  const proven = runs.flatMap(({ source, state, differences }) =>
    // Of a file that is believed, who is not in it has left.
    state.file
      ? []
      : differences.flatMap(({ kind, message }) => (kind === "leaver" ? [{ source, ...message.event }] : [])),
  );
  const absent = synced.flatMap(({ source, subject, at, person }) =>
    person ? [] : [{ source, subject, occurredAt: at }],
  );
  return [...proven, ...absent]
    .filter(({ source, subject, occurredAt }) => !hadLeft(source, subject, occurredAt))
    .map(({ source, subject }) => `${subject} of ${source} had not left`);
}

/** The rules that do not hold for a list that was compared again at once: people without a difference cost no call at Authing. */
export function brokenRepetition(
  first: Run,
  second: Run,
  { records, calls }: { readonly records: readonly EventRecord[]; readonly calls: number },
): string[] {
  const isDecided = (subject: string) =>
    records.every(
      ({ source, id, outcome }) =>
        source !== first.source ||
        id !== eventId(first.run, subject) ||
        outcome.kind === "accepted" ||
        outcome.kind === "already-done",
    );
  // Whom the source did not answer about is asked about again.
  const isAsked = ({ kind }: DifferenceLine) =>
    kind === "leaver" && (first.state.counts["unproven"] ?? 0) > 0;
  const again = second.differences
    .filter((each) => !isAsked(each))
    .map(({ message }) => message.event.subject)
    .filter(isDecided);
  const broken = again.map((subject) => `${subject} is no news to the list ${second.source}/${second.run}`);
  if (second.differences.length > 0 || calls === 0) return broken;
  return [...broken, `people without a difference cost ${calls} calls of ${second.source}`];
}
