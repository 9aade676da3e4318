import { createHash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { Parked, ParkedKind, ParkedMessage } from "#lib/contract/parked.ts";
import { asciiJson } from "./ascii-json.ts";
import { dueIndex } from "./due-index.ts";
import { awsErrorName, reached } from "./failure.ts";
import { ledgerTable } from "./ledger-table.ts";
import { inParallel } from "./parallel.ts";

// Parked messages, one object each: parked/<kind>/<source>/<hash of the id>.json in the bucket of the uploads. Objects rather than
// a queue: they can be listed without being taken, do not end after 14 days, and take any size.
//
// The object decides; the due index (due-index.ts) says only which objects of `waiting` messages to read, and when:
//
// - `keep` writes the object, then the entry. A worker that is cut off in between has not deleted the message from the
//   queue, which delivers it again.
// - `keep` at another time removes the earlier entry if this process got it from `due`. Otherwise it does not know the time of
//   that entry (nor does `remove`) and leaves it: when that time comes, `due` reads the object once, finds that it is due at
//   another time or does not exist, and corrects the index. Until then the entry costs nothing.
// - `due` writes an entry for the object's own time before it removes an outdated one, so that an object which waits always has
//   an entry, wherever a worker was cut off.

const readsAtOnce = 25;

/** Where parked messages are: the bucket that holds them, and the ledger's table for the index of due messages. */
interface ParkedPlace {
  readonly bucket: string;
  readonly table: string;
}

/** Parked messages in S3. */
export function parkedObjects({ bucket, table }: ParkedPlace): Parked {
  const index = dueIndex(ledgerTable(table));
  /** What `due` gave last: by the key of the object the moment of its entry. */
  const given = new Map<string, number>();

  /** `undefined` when it is not there any more. */
  async function read(key: string): Promise<ParkedMessage | undefined> {
    const { GetObjectCommand, s3 } = await import("./s3.ts");
    const object = await reach(
      s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch((error: unknown) => {
        if (awsErrorName(error) === "NoSuchKey") return undefined;
        throw error;
      }),
    );
    const text = await object?.Body?.transformToString();
    return text === undefined ? undefined : messageIn(text);
  }

  async function readAll(keys: readonly string[]): Promise<ReadonlyMap<string, ParkedMessage | undefined>> {
    const found = new Map<string, ParkedMessage | undefined>();
    await inParallel([...new Set(keys)], readsAtOnce, async (key) => {
      found.set(key, await read(key));
    });
    return found;
  }

  return {
    async keep(parked) {
      const { PutObjectCommand, s3 } = await import("./s3.ts");
      const key = keyOf(parked);
      const object = { Bucket: bucket, Key: key, Body: asciiJson(parked), ContentType: "application/json" };
      await reach(s3.send(new PutObjectCommand(object)));
      if (parked.kind !== "waiting" || parked.dueAt === undefined) return;
      const dueAt = Date.parse(parked.dueAt);
      await index.add(key, dueAt);
      const before = given.get(key);
      given.delete(key);
      if (before !== undefined && before !== dueAt) await index.remove({ key, dueAt: before });
    },

    async list(kind, limit, source) {
      const oldest = await oldestKeys(bucket, prefixOf(kind, source), limit);
      const messages = await readAll(oldest);
      return oldest
        .flatMap((key) => messages.get(key) ?? [])
        .toSorted((one, other) => (one.since < other.since ? -1 : one.since > other.since ? 1 : 0));
    },

    async remove(parked) {
      const { DeleteObjectCommand, s3 } = await import("./s3.ts");
      await reach(s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(parked) })));
    },

    async due(now, limit) {
      const due = new Map<string, ParkedMessage>();
      given.clear();
      let outdated: number;
      do {
        outdated = 0;
        const entries = await index.until(now, limit);
        const messages = await readAll(entries.map(({ key }) => key));
        await inParallel(entries, readsAtOnce, async (entry) => {
          const message = messages.get(entry.key);
          const dueAt = Date.parse(message?.dueAt ?? "");
          if (message && dueAt === entry.dueAt) {
            due.set(entry.key, message);
            given.set(entry.key, dueAt);
            return;
          }
          outdated += 1;
          if (message && !Number.isNaN(dueAt)) await index.add(entry.key, dueAt);
          await index.remove(entry);
        });
        // Entries that were outdated may have come before others that are due.
      } while (outdated > 0 && due.size < limit);
      return [...due.values()].slice(0, limit);
    },
  };
}

const reach = <Answer>(answer: Promise<Answer>) => reached(answer, "parked-messages-unreachable");

/** Of all keys under a prefix those that were written first. Not more than a page and `limit` of them are held at a time. */
async function oldestKeys(bucket: string, prefix: string, limit: number): Promise<string[]> {
  const { ListObjectsV2Command, s3 } = await import("./s3.ts");
  let oldest: { key: string; at: number }[] = [];
  let from: string | undefined;
  do {
    const page = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ...(from !== undefined && { ContinuationToken: from }),
    });
    const { Contents = [], NextContinuationToken } = await reach(s3.send(page));
    const listed = Contents.flatMap(({ Key, LastModified }) =>
      Key === undefined ? [] : { key: Key, at: LastModified?.getTime() ?? 0 },
    );
    oldest = [...oldest, ...listed].toSorted((one, other) => one.at - other.at).slice(0, limit);
    from = NextContinuationToken;
  } while (from !== undefined);
  return oldest.map(({ key }) => key);
}

const prefixOf = (kind: ParkedKind, source: string | undefined) =>
  `parked/${kind}/${source === undefined ? "" : `${source}/`}`;

function keyOf({ kind, message, ledgerId }: Parameters<Parked["remove"]>[0]): string {
  return `${prefixOf(kind, message.source)}${createHash("sha256").update(JSON.stringify(ledgerId)).digest("hex")}.json`;
}

/** Written by ourselves, so its shape is known. */
function messageIn(text: string): ParkedMessage {
  try {
    return JSON.parse(text) as ParkedMessage;
  } catch {
    throw new InboundError("malformed", "parked-message-not-json");
  }
}
