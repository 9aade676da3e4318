import { hashOfId, type Parked, type ParkedMessage, type ParkedScope } from "#lib/contract/parked.ts";
import type { Database } from "./sqlite.ts";

interface ParkedRow {
  readonly place: number;
  readonly message: string;
}

/** Parked messages in SQLite, whole, those that were parked first in front. `now` gives milliseconds since 1970. */
export function storeParked(database: Database, now: () => number = Date.now): Parked {
  const messageOf = ({ message }: ParkedRow) => JSON.parse(message) as ParkedMessage;
  return {
    async keep(entry) {
      const { kind, message, ledgerId, dueAt } = entry;
      // A message that is parked again stands behind the others: it gets a new place.
      database.run(
        "REPLACE INTO parked (kind, source, hash, kept_at, due_at, message) VALUES (?, ?, ?, ?, ?, ?)",
        kind,
        message.source,
        hashOfId(ledgerId),
        now(),
        kind === "waiting" ? Date.parse(dueAt ?? "") || 0 : null,
        JSON.stringify(entry),
      );
    },

    async list(scope, limit, after) {
      const [from = 0, until = lastPlace()] = after?.split("-").map(Number) ?? [];
      const { where, values } = conditionOf(scope);
      const rows = database.all<ParkedRow>(
        `SELECT place, message FROM parked WHERE ${where} AND place > ? AND place <= ? ORDER BY place LIMIT ?`,
        ...values,
        from,
        until,
        limit + 1,
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        messages: page.map(messageOf),
        ...(last && rows.length > page.length && { next: `${last.place}-${until}` }),
      };
    },

    async count(scope) {
      const { where, values } = conditionOf(scope);
      return database
        .all<{ kind: ParkedMessage["kind"]; source: string; count: number }>(
          `SELECT kind, source, count(*) AS count FROM parked WHERE ${where} GROUP BY kind, source`,
          ...values,
        )
        .map((row) => ({ ...row }));
    },

    async remove({ kind, message, ledgerId }) {
      database.run(
        "DELETE FROM parked WHERE kind = ? AND source = ? AND hash = ?",
        kind,
        message.source,
        hashOfId(ledgerId),
      );
    },

    async due(at, limit) {
      return database
        .all<ParkedRow>(
          "SELECT place, message FROM parked WHERE due_at <= ? ORDER BY due_at, place LIMIT ?",
          at,
          limit,
        )
        .map(messageOf);
    },
  };

  function lastPlace(): number {
    return database.one<{ place: number | null }>("SELECT max(place) AS place FROM parked")?.place ?? 0;
  }
}

/** The condition of a scope. An id is a whole one, or the first six digits of its hash or more (`isHashOf`). */
function conditionOf({ kinds, source, id }: ParkedScope): { where: string; values: string[] } {
  const conditions: [string, ...string[]][] = [
    ["kind IN (SELECT value FROM json_each(?))", JSON.stringify(kinds)],
  ];
  if (source !== undefined) conditions.push(["source = ?", source]);
  if (id !== undefined) {
    const isShort = /^[0-9a-f]{6,64}$/.test(id);
    conditions.push(
      isShort ? ["(hash = ? OR hash GLOB ?)", hashOfId(id), `${id}*`] : ["hash = ?", hashOfId(id)],
    );
  }
  return {
    where: conditions.map(([text]) => text).join(" AND "),
    values: conditions.flatMap(([, ...values]) => values),
  };
}
