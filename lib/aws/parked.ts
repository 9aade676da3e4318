import { InboundError } from "#lib/contract/errors.ts";
import {
  hashOfId,
  isHashOf,
  type Parked,
  type ParkedKind,
  type ParkedMessage,
  type ParkedScope,
} from "#lib/contract/parked.ts";
import { exactJson } from "./exact-json.ts";
import { dueIndex } from "./due-index.ts";
import { awsErrorName, reached } from "./failure.ts";
import { ledgerTable } from "./ledger-table.ts";
import { inParallel } from "#lib/parallel.ts";

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
/** An object of the list, and when it was written: milliseconds since 1970, in whole seconds. */
interface Listed {
  readonly key: string;
  readonly at: number;
}

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
  /** The list of which a page was given last: the next page needs no list of its own. */
  let listed:
    | { readonly scope: string; readonly until: number; readonly objects: readonly Listed[] }
    | undefined;

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
      const object = { Bucket: bucket, Key: key, Body: exactJson(parked), ContentType: "application/json" };
      await reach(s3.send(new PutObjectCommand(object)));
      if (parked.kind !== "waiting" || parked.dueAt === undefined) return;
      const dueAt = Date.parse(parked.dueAt);
      await index.add(key, dueAt);
      const before = given.get(key);
      given.delete(key);
      if (before !== undefined && before !== dueAt) await index.remove({ key, dueAt: before });
    },

    async list(scope, limit, after) {
      const cursor = after === undefined ? undefined : cursorIn(after);
      const name = JSON.stringify(scope);
      if (!cursor || listed?.scope !== name || listed.until !== cursor.until) {
        const all = await objectsOf(bucket, scope);
        const until = cursor?.until ?? all.at(-1)?.at ?? 0;
        listed = { scope: name, until, objects: all.filter(({ at }) => at <= until) };
      }
      const { until, objects } = listed;
      const rest = cursor ? objects.filter((each) => compared(each, cursor) > 0) : objects;
      const page = rest.slice(0, limit);
      const messages = await readAll(page.map(({ key }) => key));
      const last = page.at(-1);
      return {
        // An object may be gone since it was listed. S3 tells only in which second an object was written.
        messages: page.flatMap(({ key }) => messages.get(key) ?? []).toSorted(bySince),
        ...(last && rest.length > page.length && { next: JSON.stringify({ ...last, until }) }),
      };
    },

    async count(scope) {
      const groups = Map.groupBy(await objectsOf(bucket, scope), ({ key }) =>
        key.split("/").slice(1, 3).join("/"),
      );
      return [...groups].map(([name, all]) => {
        const [kind = "", source = ""] = name.split("/");
        return { kind: kind as ParkedKind, source, count: all.length };
      });
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

/** The objects of a scope, those that were written first come first. Some hundred bytes of each are held. */
async function objectsOf(bucket: string, { kinds, source, id }: ParkedScope): Promise<Listed[]> {
  const each = await Promise.all(kinds.map((kind) => objectsUnder(bucket, prefixOf(kind, source))));
  return each
    .flat()
    .filter(({ key }) => id === undefined || isHashOf(hashIn(key), id))
    .toSorted(compared);
}

const bySince = (one: ParkedMessage, other: ParkedMessage) =>
  one.since < other.since ? -1 : Number(one.since > other.since);
const compared = (one: Listed, other: Listed) =>
  one.at - other.at || (one.key < other.key ? -1 : Number(one.key > other.key));
const hashIn = (key: string) => key.slice(key.lastIndexOf("/") + 1, -".json".length);

/** Where a list goes on. An operator's command hands it back; one that it made up itself is refused. */
function cursorIn(text: string): Listed & { readonly until: number } {
  try {
    const { key, at, until } = JSON.parse(text) as Record<string, unknown>;
    if (typeof key === "string" && typeof at === "number" && typeof until === "number")
      return { key, at, until };
  } catch {}
  throw new InboundError("malformed", "cursor-unknown", { hint: "begin the list again, without after" });
}

async function objectsUnder(bucket: string, prefix: string): Promise<Listed[]> {
  const { ListObjectsV2Command, s3 } = await import("./s3.ts");
  const found: Listed[] = [];
  let from: string | undefined;
  do {
    const page = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ...(from !== undefined && { ContinuationToken: from }),
    });
    const { Contents = [], NextContinuationToken } = await reach(s3.send(page));
    for (const { Key, LastModified } of Contents) {
      if (Key !== undefined) found.push({ key: Key, at: LastModified?.getTime() ?? 0 });
    }
    from = NextContinuationToken;
  } while (from !== undefined);
  return found;
}

const prefixOf = (kind: ParkedKind, source: string | undefined) =>
  `parked/${kind}/${source === undefined ? "" : `${source}/`}`;

function keyOf({ kind, message, ledgerId }: Parameters<Parked["remove"]>[0]): string {
  return `${prefixOf(kind, message.source)}${hashOfId(ledgerId)}.json`;
}

/** Written by ourselves, so its shape is known. */
function messageIn(text: string): ParkedMessage {
  try {
    return JSON.parse(text) as ParkedMessage;
  } catch {
    throw new InboundError("malformed", "parked-message-not-json");
  }
}
