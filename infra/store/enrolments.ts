import type { Enrolment, EnrolmentKeeper } from "#lib/contract/enrolment.ts";
import type { Database } from "./sqlite.ts";

/** Enrolments on one machine: its operator's command reads and deletes them. */
export interface StoreEnrolments extends EnrolmentKeeper {
  get(source: string): Enrolment | undefined;
  remove(source: string): void;
}

/** Enrolments in SQLite. `now` gives milliseconds since 1970. */
export function storeEnrolments(database: Database, now: () => number = Date.now): StoreEnrolments {
  return {
    async keep(enrolment) {
      database.run(
        "REPLACE INTO enrolments (source, kept_at, enrolment) VALUES (?, ?, ?)",
        enrolment.source,
        now(),
        JSON.stringify(enrolment),
      );
    },
    get(source) {
      const row = database.one<{ enrolment: string }>(
        "SELECT enrolment FROM enrolments WHERE source = ?",
        source,
      );
      return row && (JSON.parse(row.enrolment) as Enrolment);
    },
    remove(source) {
      database.run("DELETE FROM enrolments WHERE source = ?", source);
    },
  };
}
