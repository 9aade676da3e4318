import type { Metric } from "#lib/contract/metrics.ts";
import type { AskedMetric, Hour, Numbers } from "#lib/contract/numbers.ts";
import type { Parked } from "#lib/contract/parked.ts";
import { parkedCounts, type ParkedReasons } from "./parked-counts.ts";

// What a digest tells of: the last 24 full hours, and what is parked now.

export const hourMilliseconds = 3_600_000;
const dayHours = 24;
/** How far back the last delivery of a source is looked for. CloudWatch keeps values by the hour much longer. */
export const lookBackDays = 14;

/** What can become of an event, in the order in which a digest tells it. */
export const outcomesOfEvents = [
  "EventsAccepted",
  "EventsAlreadyDone",
  "EventsSuperseded",
  "EventsRejected",
  "EventsHeld",
  "EventsDead",
  "EventsWaiting",
] as const satisfies readonly Metric[];
const countedOfSource = [
  "DeliveriesRefused",
  "DeliveriesFailed",
  ...outcomesOfEvents,
] as const satisfies readonly Metric[];
const countedOfFiles = [
  "FilesFinished",
  "FilesRefused",
  "RowsAccepted",
  "RowsAlreadyDone",
  "RowsRejected",
] as const satisfies readonly Metric[];

type Counts<Name extends Metric> = Readonly<Record<Name, number>>;
type SourceCounts = Counts<(typeof countedOfSource)[number] | "DeliveriesAccepted">;

export interface SourceDay {
  readonly source: string;
  readonly counts: SourceCounts;
  /** The longest time from the receipt of a delivery to the outcome of its event, in milliseconds. */
  readonly slowest?: number;
  /** Where the last hour with a delivery begins. */
  readonly lastSeen?: number;
  readonly parked: readonly ParkedReasons[];
}

export interface Day {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly sources: readonly SourceDay[];
  readonly files: Counts<(typeof countedOfFiles)[number]>;
}

export interface DayPorts {
  readonly numbers: Numbers;
  readonly parked: Pick<Parked, "list" | "count">;
}

/**
 * Reads the 24 full hours before `now`, so that each hour is in the digest of one day; where clocks are changed in between, one hour is in
 * two digests, or in none.
 */
export async function readDay(
  sources: readonly string[],
  { numbers, parked }: DayPorts,
  now: number,
): Promise<Day> {
  const to = Math.floor(now / hourMilliseconds) * hourMilliseconds;
  const from = to - dayHours * hourMilliseconds;
  const perSource = [...countedOfSource, "EventLag"] as const;
  const ofDay: AskedMetric[] = [
    ...sources.flatMap((source) => perSource.map((metric) => ({ metric, source }))),
    ...countedOfFiles.map((metric) => ({ metric })),
  ];
  const [accepted, day] = await Promise.all([
    numbers.hours(
      sources.map((source) => ({ metric: "DeliveriesAccepted", source })),
      to - lookBackDays * dayHours * hourMilliseconds,
      to,
    ),
    numbers.hours(ofDay, from, to),
  ]);
  const valuesOf = (metric: Metric, source?: string): readonly Hour[] =>
    day[ofDay.findIndex((asked) => asked.metric === metric && asked.source === source)] ?? [];

  const told: SourceDay[] = [];
  for (const [index, source] of sources.entries()) {
    const deliveries = accepted[index] ?? [];
    const slowest = Math.max(...valuesOf("EventLag", source).map(({ value }) => value));
    const lastSeen = deliveries.findLast(({ value }) => value > 0)?.at;
    told.push({
      source,
      counts: {
        DeliveriesAccepted: sum(deliveries.filter(({ at }) => at >= from)),
        ...countsOf(countedOfSource, (metric) => valuesOf(metric, source)),
      },
      ...(Number.isFinite(slowest) && { slowest }),
      ...(lastSeen !== undefined && { lastSeen }),
      // One source after the other: each list is in memory only until it is counted.
      parked: await parkedCounts(parked, source),
    });
  }
  return { from, to, sources: told, files: countsOf(countedOfFiles, (metric) => valuesOf(metric)) };
}

function countsOf<Name extends Metric>(
  metrics: readonly Name[],
  valuesOf: (metric: Name) => readonly Hour[],
): Counts<Name> {
  return Object.fromEntries(metrics.map((metric) => [metric, sum(valuesOf(metric))])) as Counts<Name>;
}

const sum = (hours: readonly Hour[]) => hours.reduce((total, { value }) => total + value, 0);
