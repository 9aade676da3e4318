import type { Ledger, SubjectRecord } from "#lib/contract/ledger.ts";
import { withTold } from "#lib/ledger/merge.ts";
import { idOfKey, keyOf } from "./database.ts";
import type { Database } from "./sqlite.ts";

const subjectsPerPage = 1000;
/** Of how many departures of an hour the ids are told. */
const firstDepartures = 50;
const hourMilliseconds = 3_600_000;

/** What sources have told of their people, and what is noted of the sources themselves. `now` gives milliseconds since 1970. */
export function sourceLedger(
  database: Database,
  now: () => number,
): Pick<
  Ledger,
  | "subject"
  | "tell"
  | "countSubjects"
  | "subjectsOf"
  | "subjects"
  | "countDeparture"
  | "firstDepartures"
  | "pausedSince"
  | "pause"
  | "cursor"
  | "moveCursor"
> {
  const subjectOf = (source: string, subject: string): SubjectRecord | undefined => {
    const row = database.one<{ record: string }>(
      "SELECT record FROM subjects WHERE source = ? AND subject = ?",
      source,
      keyOf(subject),
    );
    return row && (JSON.parse(row.record) as SubjectRecord);
  };

  const noted = (source: string, name: "pause" | "cursor"): string | undefined => {
    const row = database.one<{ value: string }>(
      "SELECT value FROM sources WHERE source = ? AND name = ?",
      source,
      name,
    );
    return row && (JSON.parse(row.value) as string);
  };

  const note = (source: string, name: "pause" | "cursor", value: string): void => {
    database.run(
      "INSERT INTO sources (source, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      source,
      name,
      JSON.stringify(value),
    );
  };

  return {
    async subject(source, subject) {
      return subjectOf(source, subject);
    },

    async tell(record) {
      const { source, subject } = record;
      database.atomic(() =>
        database.run(
          "INSERT INTO subjects (source, subject, record) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
          source,
          keyOf(subject),
          JSON.stringify(withTold(subjectOf(source, subject), record)),
        ),
      );
    },

    async countSubjects(source) {
      const row = database.one<{ count: number }>(
        "SELECT count(*) AS count FROM subjects WHERE source = ?",
        source,
      );
      return row?.count ?? 0;
    },

    async subjectsOf(source, subjects) {
      return subjects.map((subject) => subjectOf(source, subject));
    },

    async subjects(source, after) {
      const rows = database.all<{ record: string }>(
        "SELECT record FROM subjects WHERE source = ? AND subject > ? ORDER BY subject LIMIT ?",
        source,
        keyOf(after ?? ""),
        subjectsPerPage + 1,
      );
      const page = rows
        .slice(0, subjectsPerPage)
        .map(({ record }) => (JSON.parse(record) as SubjectRecord).subject);
      const next = rows.length > subjectsPerPage ? page.at(-1) : undefined;
      return { subjects: page, ...(next !== undefined && { next }) };
    },

    async countDeparture({ source, id }, withinSeconds) {
      return database.atomic(() => {
        const told = database.one<{ count: number }>(
          "SELECT count FROM departures WHERE source = ? AND id = ?",
          source,
          keyOf(id),
        );
        if (told) return told.count;
        const recent = database.one<{ count: number }>(
          "SELECT count(*) AS count FROM departures WHERE source = ? AND at > ?",
          source,
          now() - withinSeconds * 1000,
        );
        const count = (recent?.count ?? 0) + 1;
        database.run(
          "INSERT INTO departures (source, id, at, count) VALUES (?, ?, ?, ?)",
          source,
          keyOf(id),
          now(),
          count,
        );
        return count;
      });
    },

    async firstDepartures(source, before) {
      const until = Date.parse(before);
      const rows = database.all<{ id: string }>(
        "SELECT id FROM departures WHERE source = ? AND at BETWEEN ? AND ? AND count <= ? ORDER BY at, count",
        source,
        until - hourMilliseconds,
        until,
        firstDepartures,
      );
      return rows.map(({ id }) => idOfKey(id));
    },

    async pausedSince(source) {
      return noted(source, "pause");
    },

    async pause(source, since) {
      if (since !== undefined) note(source, "pause", since);
      else database.run("DELETE FROM sources WHERE source = ? AND name = 'pause'", source);
    },

    async cursor(source) {
      return noted(source, "cursor");
    },

    async moveCursor(source, cursor) {
      note(source, "cursor", cursor);
    },
  };
}
