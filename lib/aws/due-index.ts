import { createHash } from "node:crypto";
import { text, type Item, type Table } from "./ledger-table.ts";

// Which objects are due, in the ledger's table: one entry for each time at which an object was to be looked at, in the order of
// time. What is due is one query by key for each shard, so that entries whose time has not come cost nothing, however many.
//
//   pk: due#<shard>    sk: <milliseconds since 1970, 15 digits>#<key of the object>

/** Entries are spread, since DynamoDB takes 1,000 writes a second under one key. */
const shards = 8;
const digits = 15;

/** An object, and the moment of an entry of it in milliseconds since 1970. */
export interface DueEntry {
  readonly key: string;
  readonly dueAt: number;
}

export function dueIndex(table: Table) {
  return {
    async add(key: string, dueAt: number): Promise<void> {
      await table.put(itemOf({ key, dueAt }));
    },

    async remove(entry: DueEntry): Promise<void> {
      await table.delete(itemOf(entry));
    },

    /** Entries whose time has come, of each shard the first ones: at most `limit` altogether, or one of each shard. */
    async until(now: number, limit: number): Promise<DueEntry[]> {
      const pages = await Promise.all(
        Array.from({ length: shards }, (_, shard) =>
          table.query({
            where: "#pk = :pk AND #sk < :after",
            values: { pk: shardKey(shard), after: text(moment(now + 1)) },
            limit: Math.max(1, Math.floor(limit / shards)),
          }),
        ),
      );
      return pages.flatMap(({ items }) => items.flatMap(({ sk }) => entryOf(sk?.S ?? "")));
    },
  };
}

const shardKey = (shard: number) => text(`due#${shard}`);
const moment = (milliseconds: number) => String(Math.max(0, milliseconds)).padStart(digits, "0");

function itemOf({ key, dueAt }: DueEntry): Item {
  const shard = createHash("sha256").update(key).digest().readUInt8(0) % shards;
  return { pk: shardKey(shard), sk: text(`${moment(dueAt)}#${key}`) };
}

const entryOf = (sk: string): DueEntry => ({
  dueAt: Number(sk.slice(0, digits)),
  key: sk.slice(digits + 1),
});
