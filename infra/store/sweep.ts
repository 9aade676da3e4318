import { removeObjects } from "./objects.ts";
import type { Database } from "./sqlite.ts";

// How long the store keeps what is no longer needed: as long as AWS does (infra/aws/bucket.yml, the ledger's time to live).

const dayMilliseconds = 86_400_000;
/** Rows that are deleted at a time: some milliseconds. */
const rowsAtOnce = 500;

/** What the configuration says of how long files and results are kept. */
export interface Retention {
  readonly keepResultsDays: number;
  /** `keepFiles`: uploaded files of people stay. */
  readonly uploads: { readonly keepFiles: boolean };
}

/** Objects under a prefix are kept for so many days, and their replaced versions for fewer. The first prefix that fits counts. */
const lifetimes = ({ keepResultsDays, uploads: { keepFiles } }: Retention) => [
  // TOTP secrets in plain text.
  { prefix: "incoming/otp/", days: 1, replacedDays: 1 },
  { prefix: "plan/otp/", days: 1, replacedDays: 1 },
  { prefix: "rows/otp/", days: 1, replacedDays: 1 },
  // Rows that no import has deleted, with passwords.
  { prefix: "rows/users/", days: 15, replacedDays: 1 },
  // Parts of runs over lists of people, which a run has not deleted.
  { prefix: "rosters/", days: 15, replacedDays: 1 },
  ...(keepFiles ? [] : [{ prefix: "incoming/roster/", days: keepResultsDays, replacedDays: 1 }]),
  { prefix: "plan/roster/", days: keepResultsDays, replacedDays: 1 },
  { prefix: "plan/users/", days: keepResultsDays, replacedDays: 1 },
  ...(keepFiles ? [] : [{ prefix: "incoming/users/", days: keepResultsDays, replacedDays: 1 }]),
  { prefix: "results/", days: keepResultsDays, replacedDays: 1 },
  { prefix: "", days: Number.POSITIVE_INFINITY, replacedDays: 30 },
];

const rejectedDays = 30;
const enrolmentDays = 7;
/** Longer than any hour in which departures are counted. */
const departureDays = 90;
/** Counts of deliveries, save the newest of each source. */
const deliveryDays = 2;

/**
 * Deletes what has expired. It gives way to other work after every few rows.
 *
 * @param now milliseconds since 1970
 */
export async function sweep(
  database: Database,
  { now, ...retention }: Retention & { readonly now: number },
): Promise<void> {
  const before = (days: number) => now - days * dayMilliseconds;
  await deleteRows(database, "events", "expires_at <= ?", now);
  await deleteRows(database, "chunks", "expires_at <= ?", now);
  await deleteRows(database, "departures", "at <= ?", before(departureDays));
  await deleteRows(database, "parked", "kind = 'rejected' AND kept_at <= ?", before(rejectedDays));
  await deleteRows(
    database,
    "deliveries",
    "second < (SELECT max(second) FROM deliveries AS own WHERE own.source = deliveries.source) AND second <= ?",
    before(deliveryDays) / 1000,
  );
  await deleteRows(database, "enrolments", "kept_at <= ?", before(enrolmentDays));
  await removeObjects(database, expiredObjects(database, retention, now));
}

function expiredObjects(database: Database, retention: Retention, now: number): number[] {
  const rules = lifetimes(retention);
  return database
    .all<{ id: number; key: string; written_at: number; replaced_at: number | null }>(
      "SELECT id, key, written_at, replaced_at FROM objects WHERE state = 'whole'",
    )
    .filter(({ key, written_at: writtenAt, replaced_at: replacedAt }) => {
      const rule = rules.find(({ prefix }) => key.startsWith(prefix));
      if (!rule) return false;
      return (
        now - writtenAt >= rule.days * dayMilliseconds ||
        (replacedAt !== null && now - replacedAt >= rule.replacedDays * dayMilliseconds)
      );
    })
    .map(({ id }) => id);
}

async function deleteRows(database: Database, table: string, where: string, value: number): Promise<void> {
  const rows = `SELECT rowid FROM ${table} WHERE ${where} LIMIT ${rowsAtOnce}`;
  while (database.run(`DELETE FROM ${table} WHERE rowid IN (${rows})`, value).changes === rowsAtOnce) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
