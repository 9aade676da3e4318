import { createHash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { FieldTold, Ledger, SubjectRecord } from "#lib/contract/ledger.ts";
import { digestLength } from "#lib/ledger/field-digests.ts";
import { withTold } from "#lib/ledger/merge.ts";
import { keyOf, keyPiece, number, text, type Item, type Table } from "./ledger-table.ts";

// What sources have told of their people, and what is known of each source itself.
//
// An item is read, merged and written where its `revision` is still the one that was read. Everything that was told is one JSON
// text, in which the fields of one statement share its time and its event: a person costs one write unit (1 KB). The people of a
// source are items of some shards, in the order of their ids, so that they can be listed and counted without an index, which
// would cost another unit for each of them.

type SubjectLedger = Pick<
  Ledger,
  | "subject"
  | "tell"
  | "countSubjects"
  | "subjectsOf"
  | "subjects"
  | "pausedSince"
  | "pause"
  | "cursor"
  | "moveCursor"
>;

/**
 * A write has to be repeated when another worker wrote the same item in between. So this is how many workers can write one item at the same
 * time.
 */
const maxTries = 100;
const subjectsPerPage = 1000;

/** A count of so many people takes some reads and is kept for so long, in the memory of the process: the guard asks for it at each departure of a wave. */
const countKeptFrom = 5_000;
const countKeptMilliseconds = 10 * 60_000;

/** @param now milliseconds since 1970 */
export function subjectLedger(table: Table, now: () => number): SubjectLedger {
  const counted = new Map<string, { readonly count: number; readonly until: number }>();
  const sourceText = async (source: string, part: "pause" | "cursor") =>
    (await table.get(sourceKey(source, part)))?.["value"]?.S;

  return {
    async subject(source, subject) {
      return recordOf(await table.get(subjectKey(source, subject)), source, subject);
    },

    async tell(now) {
      const { source, subject } = now;
      const key = subjectKey(source, subject);
      let found = await table.get(key);
      for (let tries = 0; tries < maxTries; tries += 1) {
        const known = recordOf(found, source, subject);
        const told = toldText(withTold(known, now));
        // A worker that was cut off tells the same once more.
        if (known && told === found?.["told"]?.S) return;
        const revision = Number(found?.["revision"]?.N ?? 0);
        const written = await table.put(
          { ...key, told: text(told), revision: number(revision + 1) },
          known
            ? { when: "#revision = :known", values: { known: number(revision) } }
            : { when: "attribute_not_exists(#revision)" },
        );
        if (written.held) return;
        found = written.item;
      }
      throw new InboundError("unavailable", "subject-contended");
    },

    async countSubjects(source) {
      const known = counted.get(source);
      if (known && known.until > now()) return known.count;
      const counts = await Promise.all(shards.map((shard) => table.count(shardKey(source, shard))));
      const count = counts.reduce((sum, each) => sum + each, 0);
      if (count >= countKeptFrom) counted.set(source, { count, until: now() + countKeptMilliseconds });
      return count;
    },

    async subjectsOf(source, subjects) {
      const found = await table.getMany(subjects.map((subject) => subjectKey(source, subject)));
      return subjects.map((subject, index) => recordOf(found[index], source, subject));
    },

    async subjects(source, after) {
      const subjects: string[] = [];
      let from = after === undefined ? undefined : indexed(after);
      for (const shard of shards.slice(after === undefined ? 0 : shardOf(after))) {
        const pk = shardKey(source, shard);
        do {
          const page = await table.query({
            where: `#pk = :pk${from === undefined ? "" : " AND #sk > :from"}`,
            values: { pk, ...(from !== undefined && { from }) },
            // One more, which tells whether there is another page.
            limit: subjectsPerPage + 1 - subjects.length,
          });
          // A subject that a key cannot hold is stored with what was told.
          for (const item of page.items) subjects.push(storedIn(item)?.subject ?? item["sk"]?.S ?? "");
          if (subjects.length > subjectsPerPage) {
            const shown = subjects.slice(0, subjectsPerPage);
            return { subjects: shown, next: shown.at(-1) as string };
          }
          from = page.next?.["sk"];
        } while (from !== undefined);
      }
      return { subjects };
    },

    async pausedSince(source) {
      return sourceText(source, "pause");
    },

    async pause(source, since) {
      const key = sourceKey(source, "pause");
      await (since === undefined ? table.delete(key) : table.put({ ...key, value: text(since) }));
    },

    async cursor(source) {
      return sourceText(source, "cursor");
    },

    async moveCursor(source, cursor) {
      await table.put({ ...sourceKey(source, "cursor"), value: text(cursor) });
    },
  };
}

/** DynamoDB takes 1,000 writes a second under one key. */
const shards = Array.from({ length: 16 }, (_, shard) => shard);
const shardOf = (subject: string) =>
  createHash("sha256").update(JSON.stringify(subject)).digest().readUInt8(0) % shards.length;
const shardKey = (source: string, shard: number) => text(`subject#${keyPiece(source)}#${shard}`);
const subjectKey = (source: string, subject: string): Item => ({
  pk: shardKey(source, shardOf(subject)),
  sk: indexed(subject),
});
const sourceKey = (source: string, part: "pause" | "cursor") => keyOf("source", [source], part);

/** A key takes no empty text, and 1,024 bytes at most. */
const indexed = (subject: string) => text(subject === "" ? emptySubject : keyPiece(subject));
const emptySubject = "sha256:";
const isWhole = (shown: string) => !shown.startsWith("sha256:");

/**
 * As it is stored: [when, by which event, which fields] of each statement of which something still counts; at the end, where there are
 * any, the digests of the fields as one text, with dots for a field that has none.
 */
type Statement = readonly [at: string, by: string, fields: readonly string[], digests?: string];
type Stored = Omit<SubjectRecord, "source" | "subject" | "told"> & {
  readonly told: readonly Statement[];
  /** Where the key holds its hash. */
  readonly subject?: string;
};

const noDigest = ".".repeat(digestLength);

function toldText(record: SubjectRecord): string {
  const { source: _, subject, told, ...rest } = record;
  const statements = Map.groupBy(Object.entries(told), ([, { at, by }]) => JSON.stringify([at, by]));
  const stored: Stored = {
    ...rest,
    ...(!isWhole(indexed(subject).S ?? "") && { subject }),
    told: [...statements.values()].flatMap((fields): Statement[] => {
      const [, first] = fields[0] ?? [];
      if (!first) return [];
      const digests = fields.map(([, { digest }]) => digest ?? noDigest).join("");
      const names = fields.map(([name]) => name);
      const hasDigests = fields.some(([, { digest }]) => digest !== undefined);
      return [hasDigests ? [first.at, first.by, names, digests] : [first.at, first.by, names]];
    }),
  };
  // JSON escapes halves of surrogate pairs, which an attribute could not hold.
  return JSON.stringify(stored);
}

/** Written by ourselves, so its shape is known. */
function storedIn(item: Item | undefined): Stored | undefined {
  const told = item?.["told"]?.S;
  return told === undefined ? undefined : (JSON.parse(told) as Stored);
}

function recordOf(item: Item | undefined, source: string, subject: string): SubjectRecord | undefined {
  const stored = storedIn(item);
  if (!stored) return undefined;
  const told: Record<string, FieldTold> = {};
  for (const [at, by, fields, digests = ""] of stored.told)
    for (const [index, field] of fields.entries()) {
      const digest = digests.slice(index * digestLength, (index + 1) * digestLength);
      told[field] = { at, by, ...(digest !== "" && digest !== noDigest && { digest }) };
    }
  return { ...stored, source, subject, told };
}
