import type { HeardSources } from "#lib/contract/delivery-history.ts";
import { reasonOf } from "#lib/contract/errors.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import { deliveredSource, toldEvent, type Recent, type RecentEvent } from "#lib/contract/recent.ts";
import type { Database } from "./sqlite.ts";

/** Retries that are remembered, the newest. Only the process does: after a restart the queue gives these events again. */
const maxRetried = 1000;
/** Deliveries that wait to be counted: no more than a second of a busy machine. */
const maxUncounted = 1000;
const daySeconds = 86_400;

/** What one machine knows of the last hours. */
export interface StoreRecent extends Recent, HeardSources {
  /** Writes the count of deliveries that came since it was written last. Called each second: a write for each delivery would cost its sender time. */
  count(): void;
}

/**
 * A log that remembers what it says of accepted deliveries and of retried events; all else is in the ledger and among the parked messages.
 * A delivery that cannot be counted is still answered and logged. `now` gives milliseconds since 1970.
 */
export function rememberRecent(
  log: Log,
  database: Database,
  now: () => number = Date.now,
): { readonly log: Log; readonly recent: StoreRecent } {
  /** The newest last. */
  const retried: RecentEvent[] = [];
  let uncounted: { readonly source: string; readonly second: number }[] = [];

  function count(): void {
    const each = uncounted;
    uncounted = [];
    if (each.length === 0) return;
    try {
      database.atomic(() => {
        for (const { source, second } of each) {
          database.run(
            `INSERT INTO deliveries (source, second, count) VALUES (?, ?, 1)
             ON CONFLICT DO UPDATE SET count = count + 1`,
            source,
            second,
          );
        }
      });
    } catch (error) {
      log.warn("deliveries not counted", { reason: reasonOf(error) });
    }
  }

  return {
    log: {
      ...log,
      info(message, fields, metrics) {
        log.info(message, fields, metrics);
        const source = deliveredSource({ message, ...fields });
        if (source === undefined) return;
        uncounted.push({ source, second: Math.floor(now() / 1000) });
        if (uncounted.length >= maxUncounted) count();
      },
      warn(message, fields, metrics) {
        log.warn(message, fields, metrics);
        const event = toldEvent({ message, ...fields }, now());
        if (event?.outcome !== "retried") return;
        retried.push(event);
        if (retried.length > maxRetried) retried.shift();
      },
    },
    recent: {
      count,

      async list({ since, limit, source }) {
        const isMeant = (event: RecentEvent) =>
          Date.parse(event.at) >= since && (source === undefined || event.source === source);
        const asked = { since, source, limit: limit + 1 };
        const found = [
          ...settledEvents(database, asked),
          ...waitingEvents(database, asked),
          ...retried.filter(isMeant),
        ].toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
        count();
        return {
          events: found.slice(-limit),
          deliveries: database
            .all<{ source: string; accepted: number; last: number }>(
              `SELECT source, sum(count) AS accepted, max(second) AS last FROM deliveries
               WHERE second >= ? AND source = coalesce(?, source) GROUP BY source ORDER BY source`,
              Math.floor(since / 1000),
              source ?? null,
            )
            .map((row) => ({ source: row.source, accepted: row.accepted, lastAt: moment(row.last) })),
          // Deliveries are counted for a day.
          isComplete: found.length <= limit && since >= now() - daySeconds * 1000,
        };
      },

      async heard(sources, at) {
        count();
        const rows = database.all<{ source: string; last: number; day: number }>(
          `SELECT source, max(second) AS last, sum(iif(second > ?, count, 0)) AS day FROM deliveries
           WHERE source IN (SELECT value FROM json_each(?)) GROUP BY source`,
          Math.floor(at / 1000) - daySeconds,
          JSON.stringify(sources),
        );
        return new Map(
          rows.map(({ source, last, day }) => [source, { lastAt: moment(last), deliveries24h: day }]),
        );
      },
    },
  };
}

const moment = (second: number): string => new Date(second * 1000).toISOString();

interface Asked {
  readonly since: number;
  readonly source: string | undefined;
  readonly limit: number;
}

/** What was decided of events and whole files, the newest first. The conditions are those of the index `events_by_time`. */
function settledEvents(database: Database, { since, source, limit }: Asked): RecentEvent[] {
  return database
    .all<{ record: string }>(
      `SELECT json_remove(record, '$.trail', '$.dropped', '$.superseded') AS record FROM events
       WHERE record IS NOT NULL AND (source <> 'uploads' OR instr(id, '/') = 0)
         AND json_extract(record, '$.settledAt') >= ? AND source = coalesce(?, source)
       ORDER BY json_extract(record, '$.settledAt') DESC, settled DESC LIMIT ?`,
      new Date(since).toISOString(),
      source ?? null,
      limit,
    )
    .map(({ record }) => settledEvent(JSON.parse(record) as EventRecord));
}

function settledEvent(record: EventRecord): RecentEvent {
  const { source, id, type, subject, externalId, outcome, receivedAt, settledAt } = record;
  return {
    at: settledAt,
    source,
    id,
    outcome: outcome.kind,
    type,
    ...(subject !== "" && { subject }),
    ...(externalId !== undefined && { externalId }),
    ...(outcome.reason !== undefined && { reason: outcome.reason }),
    ...(outcome.field !== undefined && { field: outcome.field }),
    milliseconds: Math.max(0, Date.parse(settledAt) - Date.parse(receivedAt)),
  };
}

/** Events that were parked until a moment, those that were parked last first. */
function waitingEvents(database: Database, { since, source, limit }: Asked): RecentEvent[] {
  return database
    .all<{ kept_at: number; message: string }>(
      `SELECT kept_at, json_remove(message, '$.message.event.payload', '$.message.delivery') AS message FROM parked
       WHERE kind = 'waiting' AND kept_at >= ? AND source = coalesce(?, source)
       ORDER BY kept_at DESC, place DESC LIMIT ?`,
      since,
      source ?? null,
      limit,
    )
    .map((row) => waitingEvent(JSON.parse(row.message) as ParkedMessage, row.kept_at));
}

function waitingEvent(parked: ParkedMessage, at: number): RecentEvent {
  const { message, ledgerId, reason, externalId, dueAt } = parked;
  const event = message.kind === "event" ? message.event : undefined;
  return {
    at: new Date(at).toISOString(),
    source: message.source,
    id: ledgerId,
    outcome: "waiting",
    type: event?.type ?? "unreadable",
    ...(event && { subject: event.subject }),
    ...(externalId !== undefined && { externalId }),
    reason,
    ...(dueAt !== undefined && { dueAt }),
  };
}
