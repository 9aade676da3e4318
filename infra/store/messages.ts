import { keyOf } from "./database.ts";
import type { Database } from "./sqlite.ts";

// The messages of queues, as SQS keeps them: a message is waiting, taken by a worker, or dead.

/** A message that a worker gets. */
export interface TakenMessage {
  readonly id: number;
  /** The group, as a key of the database. */
  readonly group: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** How often it was received, this time included. */
  readonly receives: number;
}

interface MessageRow {
  readonly id: number;
  readonly lane: string;
  readonly body: string;
  readonly sent_at: number;
  readonly receives: number;
}

export interface Messages {
  /** Keeps messages, all or none. */
  add(messages: readonly { readonly group: string; readonly body: unknown }[]): void;
  /**
   * Takes up to `most` messages that are visible. Of a FIFO queue, none whose group has an earlier message that is taken or not yet
   * visible. Messages that were received `maxReceives` times become dead; `dead` says how many just now.
   *
   * @param at milliseconds since 1970, as below
   */
  take(most: number, at: number): { readonly taken: readonly TakenMessage[]; readonly dead: number };
  /** Deletes the messages of a batch that are done, and gives the others back at a time in milliseconds since 1970. */
  finish(
    done: readonly number[],
    again: readonly (Pick<TakenMessage, "id" | "group"> & { readonly visibleAt: number })[],
  ): void;
  /** Waiting and taken ones. */
  readonly length: number;
  readonly dead: number;
  /** When the next message becomes visible that is not visible at a moment, in milliseconds since 1970. */
  nextVisibleAt(at: number): number | undefined;
}

/** The messages of one queue. `now` gives milliseconds since 1970. */
export function storeMessages(
  database: Database,
  {
    name,
    isFifo,
    maxReceives,
  }: { readonly name: string; readonly isFifo: boolean; readonly maxReceives: number },
  now: () => number = Date.now,
): Messages {
  const visible = `SELECT id, lane, body, sent_at, receives FROM messages AS message
    WHERE queue = ? AND state = 'waiting' AND visible_at <= ?`;
  const isFree = isFifo
    ? `AND NOT EXISTS (SELECT 1 FROM messages AS other
        WHERE other.queue = message.queue AND other.lane = message.lane AND other.state = 'taken')`
    : "";
  /** A message of a lane is never visible before those in front of it: `add` and `finish` see to that. */
  const first = (most: number, at: number): MessageRow[] =>
    database.all<MessageRow>(`${visible} ${isFree} ORDER BY visible_at, id LIMIT ?`, name, at, most);
  /** When the last message of a lane becomes visible. */
  const lastVisibleAt = (lane: string): number =>
    (isFifo
      ? database.one<{ visible_at: number }>(
          "SELECT visible_at FROM messages WHERE queue = ? AND lane = ? AND state <> 'dead' ORDER BY id DESC LIMIT 1",
          name,
          lane,
        )?.visible_at
      : undefined) ?? 0;
  /** In a FIFO queue a message delays those behind it: it is never made visible before one in front of it. */
  const delay = (id: number, lane: string, visibleAt: number) =>
    isFifo
      ? database.run(
          "UPDATE messages SET visible_at = ? WHERE queue = ? AND lane = ? AND id >= ? AND visible_at < ?",
          visibleAt,
          name,
          lane,
          id,
          visibleAt,
        )
      : database.run("UPDATE messages SET visible_at = ? WHERE id = ?", visibleAt, id);
  const count = (states: string): number =>
    database.one<{ count: number }>(
      `SELECT count(*) AS count FROM messages WHERE queue = ? AND state IN (${states})`,
      name,
    )?.count ?? 0;

  return {
    add(messages) {
      database.atomic(() => {
        for (const { group, body } of messages) {
          database.run(
            "INSERT INTO messages (queue, lane, body, sent_at, visible_at) VALUES (?, ?, ?, ?, ?)",
            name,
            keyOf(group),
            JSON.stringify(body),
            now(),
            Math.max(now(), lastVisibleAt(keyOf(group))),
          );
        }
      });
    },

    take(most, at) {
      const found = first(most, at);
      if (found.length === 0) return { taken: [], dead: 0 };
      return database.atomic(() => {
        const [dead, alive] = [
          found.filter(({ receives }) => receives >= maxReceives),
          found.filter(({ receives }) => receives < maxReceives),
        ];
        for (const { id } of dead) database.run("UPDATE messages SET state = 'dead' WHERE id = ?", id);
        for (const { id } of alive) {
          database.run("UPDATE messages SET state = 'taken', receives = receives + 1 WHERE id = ?", id);
        }
        const taken = alive.map(({ id, lane, body, sent_at: sentAt, receives }) => ({
          id,
          group: lane,
          body,
          sentAt,
          receives: receives + 1,
        }));
        return { taken, dead: dead.length };
      });
    },

    finish(done, again) {
      database.atomic(() => {
        for (const id of done) database.run("DELETE FROM messages WHERE id = ?", id);
        for (const { id, group, visibleAt } of again) {
          database.run("UPDATE messages SET state = 'waiting' WHERE id = ?", id);
          delay(id, group, visibleAt);
        }
      });
    },

    get length() {
      return count("'waiting', 'taken'");
    },

    get dead() {
      return count("'dead'");
    },

    nextVisibleAt(at) {
      const row = database.one<{ at: number | null }>(
        "SELECT min(visible_at) AS at FROM messages WHERE queue = ? AND state = 'waiting' AND visible_at > ?",
        name,
        at,
      );
      return row?.at ?? undefined;
    },
  };
}

/**
 * Gives back what the process before this one had in work, visible from a moment on (milliseconds since 1970), and nothing of its groups
 * before that: as SQS hides a message whose worker has died for longer than any lease. An event behind it would otherwise meet an
 * account that the first one may have made, and of which the ledger does not know yet. Only for the process that has just opened
 * the store.
 */
export function giveBackTaken(database: Database, at: number): void {
  database.atomic(() => {
    database.run(
      `UPDATE messages SET visible_at = ? WHERE visible_at < ? AND EXISTS (
         SELECT 1 FROM messages AS taken
         WHERE taken.queue = messages.queue AND taken.lane = messages.lane AND taken.id <= messages.id
           AND taken.state = 'taken')`,
      at,
      at,
    );
    database.run("UPDATE messages SET state = 'waiting' WHERE state = 'taken'");
  });
}

/** Returns the dead messages of all queues to their queues, as if they had never been received. Resolves to how many. */
export function reviveDead(database: Database, now: number): number {
  return database.run(
    "UPDATE messages SET state = 'waiting', receives = 0, visible_at = ? WHERE state = 'dead'",
    now,
  ).changes;
}
