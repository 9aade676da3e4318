import type { BegunCreate, EventKey, EventRecord, Ledger } from "#lib/contract/ledger.ts";
import { staysParked } from "#lib/contract/parked.ts";
import { withBegun } from "#lib/ledger/begun.ts";
import { keyOf } from "./database.ts";
import { peopleLedger } from "./ledger-people.ts";
import { sourceLedger } from "./ledger-sources.ts";
import type { Database } from "./sqlite.ts";

/** The ledger of one machine. */
export interface StoreLedger extends Ledger {
  /** The newest `limit` outcomes, oldest first. On AWS it would be a scan of the table. */
  recent(limit: number): EventRecord[];
}

interface EventRow {
  readonly owner: string | null;
  readonly lease_ends_at: number;
  readonly attempts: number;
  readonly record: string | null;
  readonly expires_at: number | null;
  readonly begun: string | null;
}

/** A ledger in SQLite. `now` gives milliseconds since 1970. */
export function storeLedger(database: Database, now: () => number = Date.now): StoreLedger {
  return {
    ...eventLedger(database, now),
    ...sourceLedger(database, now),
    ...peopleLedger(database, now),
  };
}

/**
 * Ends the leases of workers that are gone, at a time in milliseconds since 1970. Only for the process that has just opened the store: as
 * it is the only one, every lease is of a process before it.
 */
export function endLeases(database: Database, at: number): void {
  database.run("UPDATE events SET lease_ends_at = ? WHERE record IS NULL AND lease_ends_at > ?", at, at);
}

function eventLedger(
  database: Database,
  now: () => number,
): Pick<
  StoreLedger,
  | "claim"
  | "release"
  | "lockPerson"
  | "reopen"
  | "settle"
  | "event"
  | "finishChunk"
  | "finishedChunks"
  | "recent"
> {
  /** The row of an event; an expired one is deleted, so that the event starts anew. */
  const rowOf = ({ source, id }: EventKey): EventRow | undefined => {
    const row = database.one<EventRow>(
      "SELECT owner, lease_ends_at, attempts, record, expires_at, begun FROM events WHERE source = ? AND id = ?",
      source,
      keyOf(id),
    );
    if (!row || (row.expires_at ?? Number.POSITIVE_INFINITY) > now()) return row;
    database.run("DELETE FROM events WHERE source = ? AND id = ?", source, keyOf(id));
    return undefined;
  };

  /** Writes a claim over what is there. Returns how often it was claimed, this time included. */
  const claimRow = (
    key: EventKey,
    owner: string,
    leaseSeconds: number,
    row: EventRow | undefined,
  ): number => {
    const attempts = (row?.attempts ?? 0) + 1;
    database.run(
      `INSERT INTO events (source, id, owner, lease_ends_at, attempts) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET owner = excluded.owner, lease_ends_at = excluded.lease_ends_at, attempts = excluded.attempts`,
      key.source,
      keyOf(key.id),
      owner,
      now() + leaseSeconds * 1000,
      attempts,
    );
    return attempts;
  };

  const importOf = ({ source, id }: EventKey) => keyOf(`${source}#${id}`);
  const chunksOf = (key: EventKey): number[] => {
    const row = database.one<{ done: string }>(
      "SELECT done FROM chunks WHERE import = ? AND expires_at > ?",
      importOf(key),
      now(),
    );
    return row ? (JSON.parse(row.done) as number[]) : [];
  };

  function settleOne(record: EventRecord, keepSeconds: number): void {
    const { source, id, externalId } = record;
    if (rowOf(record)?.record != null) return;
    database.run(
      `INSERT INTO events (source, id, lease_ends_at, attempts, record, person, expires_at, settled)
       VALUES (?, ?, 0, 0, ?, ?, ?, (SELECT coalesce(max(settled), 0) + 1 FROM events WHERE settled IS NOT NULL))
       ON CONFLICT DO UPDATE SET record = excluded.record, person = excluded.person,
         expires_at = excluded.expires_at, settled = excluded.settled`,
      source,
      keyOf(id),
      JSON.stringify(record),
      externalId === undefined ? null : keyOf(externalId),
      now() + keepSeconds * 1000,
    );
  }

  return {
    async claim(key, { owner, leaseSeconds }) {
      return database.atomic(() => {
        const row = rowOf(key);
        if (row?.record != null)
          return { state: "settled", record: JSON.parse(row.record) as EventRecord } as const;
        if (row && row.owner !== null && row.owner !== owner && row.lease_ends_at > now()) {
          return { state: "busy" } as const;
        }
        const attempts = claimRow(key, owner, leaseSeconds, row);
        return { state: "claimed", attempts } as const;
      });
    },

    async release({ source, id }, owner) {
      database.run(
        "UPDATE events SET lease_ends_at = 0 WHERE source = ? AND id = ? AND owner = ? AND record IS NULL",
        source,
        keyOf(id),
        owner,
      );
    },

    async lockPerson(person, key, leaseSeconds, begins) {
      return database.atomic(() => {
        const lock = { source: "people", id: person };
        const owner = JSON.stringify([key.source, key.id]);
        const row = rowOf(lock);
        if (row?.owner != null && row.owner !== owner && row.lease_ends_at > now()) {
          const [source, id] = JSON.parse(row.owner) as [string, string];
          const event = rowOf({ source, id });
          if (event && event.record === null && event.lease_ends_at > now()) return false;
        }
        claimRow(lock, owner, leaseSeconds, row);
        const begun = JSON.parse(row?.begun ?? "[]") as BegunCreate[];
        if (begins) {
          const all = JSON.stringify(withBegun(begun, begins));
          database.run(
            "UPDATE events SET begun = ? WHERE source = ? AND id = ?",
            all,
            lock.source,
            keyOf(lock.id),
          );
        }
        return begun;
      });
    },

    async reopen(key) {
      return database.atomic(() => {
        const record = rowOf(key)?.record;
        if (record == null || !staysParked((JSON.parse(record) as EventRecord).outcome.kind)) return false;
        database.run(
          `UPDATE events SET record = NULL, person = NULL, settled = NULL, expires_at = NULL, lease_ends_at = 0
           WHERE source = ? AND id = ?`,
          key.source,
          keyOf(key.id),
        );
        return true;
      });
    },

    async settle(records, keepSeconds) {
      if (records.length === 0) return;
      database.atomic(() => {
        for (const record of records) settleOne(record, keepSeconds);
      });
    },

    async event(key) {
      const record = rowOf(key)?.record;
      return record == null ? undefined : (JSON.parse(record) as EventRecord);
    },

    async finishChunk(key, chunk, keepSeconds) {
      return database.atomic(() => {
        const done = new Set([...chunksOf(key), chunk]);
        database.run(
          `INSERT INTO chunks (import, done, expires_at) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET done = excluded.done, expires_at = excluded.expires_at`,
          importOf(key),
          JSON.stringify([...done]),
          now() + keepSeconds * 1000,
        );
        return done;
      });
    },

    async finishedChunks(key) {
      return new Set(chunksOf(key));
    },

    recent(limit) {
      const rows = database.all<{ record: string }>(
        "SELECT record FROM events WHERE settled IS NOT NULL AND expires_at > ? ORDER BY settled DESC LIMIT ?",
        now(),
        limit,
      );
      return rows.map(({ record }) => JSON.parse(record) as EventRecord).toReversed();
    },
  };
}
