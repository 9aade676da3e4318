import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { FilledFields, FilledFieldsLog } from "#lib/contract/filled-fields.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { dayMilliseconds, keptDays, missingFields, type FilledDay } from "./fields.ts";

/** Where the counts of the last weeks are, in the bucket: numbers by day, source and name of field. */
export const filledDaysKey = "watch/filled-fields.json";

export interface FieldsPorts {
  readonly filled: FilledFieldsLog;
  readonly objects: ObjectStore;
  readonly bucket: string;
  /** The sources that are switched on. */
  readonly sources: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A source of the operator's own may fill any number of custom fields. */
const maxFields = 100;

type Counts = Readonly<Record<string, readonly FilledDay[]>>;

/**
 * Counts which fields the events of yesterday (by UTC) filled, beside the counts of the weeks before, and says of each source which
 * fields are missing: lines of the log, and the metric that its alarm reads. Running it twice a day changes nothing. Stops counting
 * at `deadline`: a part of a busy day says as much.
 */
export async function watchFields(ports: FieldsPorts, deadline: number): Promise<{ missing: number }> {
  const { sources, clock, log } = ports;
  const until = Math.floor(clock.now() / dayMilliseconds) * dayMilliseconds;
  const since = until - dayMilliseconds;
  const day = new Date(since).toISOString().slice(0, 10);
  const oldest = new Date(until - keptDays * dayMilliseconds).toISOString().slice(0, 10);
  const [before, today] = await Promise.all([
    readCounts(ports),
    countDay(ports, { since, until, deadline, day }),
  ]);
  const counts: Counts = Object.fromEntries(
    sources.map((source) => {
      const earlier = (before[source] ?? []).filter((each) => each.day >= oldest && each.day < day);
      const counted = today.get(source);
      return [source, counted ? [...earlier, counted] : earlier];
    }),
  );
  await writeCounts(counts, ports);

  let missing = 0;
  for (const [source, days] of Object.entries(counts)) {
    const fields = missingFields(days);
    // Without a metric the alarm stays as it is.
    if (!fields) continue;
    for (const { field, usualShare, share, since } of fields) {
      const percent = { usualPercent: Math.round(100 * usualShare), percent: Math.round(100 * share) };
      log.warn("field missing", { source, field, ...percent, since });
    }
    log.info("fields counted", { source, day }, { FieldsMissing: fields.length });
    missing += fields.length;
  }
  return { missing };
}

async function countDay(
  { filled, sources, clock, log }: FieldsPorts,
  { since, until, deadline, day }: { since: number; until: number; deadline: number; day: string },
): Promise<ReadonlyMap<string, FilledDay>> {
  const counts = new Map<string, { events: number; fields: Map<string, number> }>();
  const add = ({ source, fields }: FilledFields) => {
    if (!sources.includes(source)) return;
    const own = counts.get(source) ?? { events: 0, fields: new Map<string, number>() };
    counts.set(source, own);
    own.events += 1;
    for (const field of new Set(fields)) {
      if (own.fields.size < maxFields || own.fields.has(field))
        own.fields.set(field, (own.fields.get(field) ?? 0) + 1);
    }
  };
  for await (const page of filled.pages({ since, until })) {
    page.forEach(add);
    if (clock.now() < deadline) continue;
    log.warn("fields counted in part", { day });
    break;
  }
  return new Map(
    [...counts].map(([source, { events, fields }]) => [
      source,
      { day, events, fields: Object.fromEntries(fields) },
    ]),
  );
}

async function readCounts({ objects, bucket, log }: FieldsPorts): Promise<Counts> {
  try {
    const parts = await Array.fromAsync(await objects.read({ bucket, key: filledDaysKey }));
    // Written by ourselves, so its shape is known.
    return JSON.parse(Buffer.concat(parts).toString()) as Counts;
  } catch (error) {
    // The first day; or an operator has written into it: what is usual is learnt anew.
    if (error instanceof SyntaxError) log.warn("counts of fields unreadable", {});
    else if (!(error instanceof InboundError && error.reason === "object-missing")) throw error;
    return {};
  }
}

async function writeCounts(counts: Counts, { objects, bucket }: FieldsPorts): Promise<void> {
  const text = Buffer.from(JSON.stringify(counts));
  await objects.write(
    { bucket, key: filledDaysKey, contentType: "application/json" },
    (async function* () {
      yield text;
    })(),
  );
}
