import { hash as hashOf, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { InboundError } from "#lib/contract/errors.ts";
import {
  idOf,
  subjectOf,
  type EventQueue,
  type QueueReader,
  type QueuedMessage,
} from "#lib/contract/queue.ts";
import type { ImportQueue, UploadQueue } from "#lib/contract/import-queue.ts";
import type { RosterQueue } from "#lib/contract/roster-queue.ts";
import { exactJson } from "./exact-json.ts";
import { awsFailure, reached } from "./failure.ts";
import { inParallel } from "#lib/parallel.ts";

// Messages in SQS: events in a FIFO queue, what is to be done about imports in standard ones.
//
// Group: the person, as their source knows them, hashed: SQS takes 128 characters of ASCII, and AWS's metrics must not show who it
// is. Deduplication: the event and its receipt, hashed. SQS drops a repeated call of the SDK by it. It does not drop what a sender
// repeats within SQS's five minutes: that may be a new event, which the ledger decides. A parked message that is put back has its
// first receipt, and may be back within five minutes: it gets a deduplication id of its own each time.
//
// A message that is too large for SQS waits in the bucket, under waiting/<source>/, and SQS holds where. The bucket's
// life cycle deletes it when SQS would have deleted the message (infra/aws/bucket.yml).

/** One message as SQS takes it. */
export interface QueueEntry {
  /** Unique within a batch. */
  readonly id: string;
  readonly body: string;
  readonly group: string;
  /** For FIFO queues. */
  readonly deduplication?: string;
}

/** An entry among others of its group whose order counts. */
interface OrderedEntry extends QueueEntry {
  /** The same entry with another deduplication id, for an entry that SQS took before its predecessor. */
  again?(): OrderedEntry;
}

const bytesOf = ({ body }: QueueEntry) => Buffer.byteLength(body);

/** Sends up to ten entries. Resolves to those that were not taken; `ours` means that a retry does not help. */
export type SendBatch = (
  url: string,
  entries: readonly QueueEntry[],
) => Promise<readonly { readonly id: string; readonly ours: boolean }[]>;

/** Limits of SQS: 1 MiB for a message and for a batch, ten messages in a batch. */
const maximumBytes = 1_048_576;
const maximumEntries = 10;
const batchesAtOnce = 5;
/** A group with more entries than this is sent ten at a time: a thousand entries one by one would take longer than a function may run. */
const mostOneByOne = 20;
const tries = 4;
const firstPauseMilliseconds = 50;

const sqs: SendBatch = async (url, entries) => (await import("./sqs.ts")).sendBatch(url, entries);

/** Where events wait: the queue's URL, and the bucket for what is too large for it. */
export interface EventQueuePlace {
  readonly url: string;
  readonly bucket: string;
}

/** The sender's side of the queue of events. */
export function eventQueue({ url, bucket }: EventQueuePlace, sendBatch: SendBatch = sqs): EventQueue {
  return {
    async send(messages) {
      const entries = messages.map(entryOf);
      const tooLarge = entries.filter((entry) => bytesOf(entry) > maximumBytes);
      const stored = new Map<string, string>();
      await inParallel(tooLarge, batchesAtOnce, async ({ id, body }) => {
        const { source } = messages[Number(id)]!;
        stored.set(id, exactJson(await putAside(bucket, source, body)));
      });
      const sendable = entries.map((entry) => {
        const body = stored.get(entry.id);
        return body === undefined
          ? entry
          : { ...entry, body, again: () => ({ ...entry, body, ...newDeduplication() }) };
      });
      const people = [...Map.groupBy(sendable, ({ group }) => group).values()];
      await sendInOrder(url, people, sendBatch);
    },
  };
}

function entryOf(message: QueuedMessage, index: number): OrderedEntry {
  const { source, reception, parkedAs } = message;
  const entry = {
    id: String(index),
    body: exactJson(message),
    group: hash(source, subjectOf(message)),
    ...(parkedAs !== undefined
      ? newDeduplication()
      : { deduplication: hash(source, idOf(message), reception.receivedAt) }),
  };
  return {
    ...entry,
    again() {
      // An event without a time of its own is new to the ledger when it was received later than the event that was applied.
      const receivedAt = new Date(Date.parse(reception.receivedAt) + 1).toISOString();
      return {
        ...entry,
        body: exactJson({ ...message, reception: { ...reception, receivedAt } }),
        ...newDeduplication(),
      };
    },
  };
}

const newDeduplication = () => ({ deduplication: hash(randomUUID()) });

/**
 * The sender's side of the queues of imports. In a standard queue a group keeps no order: SQS hands out first what belongs to
 * groups of which little is on its way, so that the chunks of a large file do not delay a small file's.
 */
export function importQueue(
  urls: { readonly chunks: string; readonly finish?: string },
  sendBatch: SendBatch = sqs,
): ImportQueue {
  const urlOf = { chunk: urls.chunks, finish: urls.finish };
  return {
    async send(messages) {
      for (const [kind, ofKind] of Map.groupBy(messages, (message) => message.kind)) {
        const url = urlOf[kind];
        if (url === undefined) throw new TypeError(`messages of the kind "${kind}" have no queue here`);
        const entries = ofKind.map((message, index) => ({
          id: String(index),
          body: exactJson(message),
          group: hash(message.import),
        }));
        // Each entry is a lane of its own.
        await sendInOrder(
          url,
          entries.map((entry) => [entry]),
          sendBatch,
        );
      }
    },
  };
}

/** The sender's side of the queue of rosters. */
export function rosterQueue(url: string, sendBatch: SendBatch = sqs): RosterQueue {
  return {
    async send(message) {
      const entry = { id: "0", body: exactJson(message), group: hash(message.source) };
      await sendInOrder(url, [[entry]], sendBatch);
    },
  };
}

/** The sender's side of the queue of uploaded files. */
export const uploadQueue = (url: string, sendBatch: SendBatch = sqs): UploadQueue => ({
  async send(message) {
    const entry = { id: "0", body: exactJson(message), group: hash(message.import) };
    await sendInOrder(url, [[entry]], sendBatch);
  },
});

/** The message in the queue that refers to a message in the bucket. */
interface StoredMessage {
  readonly kind: "stored";
  readonly key: string;
}

async function putAside(bucket: string, source: string, body: string): Promise<StoredMessage> {
  const { PutObjectCommand, s3 } = await import("./s3.ts");
  // A new name each time a message is sent: no two messages in the queue refer to the same object.
  const key = `waiting/${source}/${randomUUID()}.json`;
  const object = { Bucket: bucket, Key: key, Body: body, ContentType: "application/json" };
  await reached(s3.send(new PutObjectCommand(object)), "bucket-unreachable");
  return { kind: "stored", key };
}

/** The worker's side of the queue of events. */
export function queueReader({ url, bucket }: EventQueuePlace): QueueReader {
  return {
    async open(body) {
      // Written by ourselves, so its shape is known.
      const message = JSON.parse(body) as QueuedMessage | StoredMessage;
      if (message.kind !== "stored") return message;
      const { GetObjectCommand, s3 } = await import("./s3.ts");
      const command = new GetObjectCommand({ Bucket: bucket, Key: message.key });
      try {
        const { Body } = await s3.send(command);
        return JSON.parse((await Body?.transformToString()) ?? "") as QueuedMessage;
      } catch (error) {
        throw awsFailure(error, "stored-message-unreadable");
      }
    },

    async postpone(messages) {
      const { hide } = await import("./sqs.ts");
      await reached(hide(url, messages), "queue-unreachable");
    },
  };
}

const hash = (...parts: string[]) => hashOf("sha256", JSON.stringify(parts), "hex");

/**
 * Sends all or throws. The entries of each lane are sent in their order. SQS keeps the order of a batch, but may take some of it
 * and refuse others. So an entry is sent once the one before it in its lane was taken. Only the entries of a long lane are sent
 * ten at a time: where SQS then refuses one and takes a later one, everything from the refused one on is sent again, so that the
 * later one is applied last. The ledger orders events that have a time, and takes a repeated event without one as new.
 */
async function sendInOrder(
  url: string,
  lanes: readonly (readonly OrderedEntry[])[],
  sendBatch: SendBatch,
): Promise<void> {
  let waiting = lanes.map((entries) => ({
    entries,
    atOnce: entries.length > mostOneByOne ? maximumEntries : 1,
  }));
  let failures = 0;
  while (waiting.length > 0) {
    const round = waiting.map((lane) => ({ ...lane, portion: portionOf(lane.entries, lane.atOnce) }));
    const refused = new Set<string>();
    await inParallel(batchesOf(round.map(({ portion }) => portion)), batchesAtOnce, async (batch) => {
      for (const { id, ours } of await reached(sendBatch(url, batch), "queue-unreachable")) {
        if (ours) throw new InboundError("misconfigured", "queue-refused");
        refused.add(id);
      }
    });
    waiting = round
      .map(({ entries, atOnce, portion }) => {
        const first = portion.findIndex(({ id }) => refused.has(id));
        const again = portion
          .slice(first === -1 ? portion.length : first)
          .map((entry) => (refused.has(entry.id) ? entry : (entry.again?.() ?? entry)));
        return { atOnce, entries: [...again, ...entries.slice(portion.length)] };
      })
      .filter(({ entries }) => entries.length > 0);
    if (refused.size === 0) {
      failures = 0;
      continue;
    }
    failures += 1;
    if (failures === tries) throw new InboundError("unavailable", "queue-unreachable");
    await sleep(Math.random() * firstPauseMilliseconds * 2 ** failures);
  }
}

/** The first entries of a lane, as many as fit into one batch. */
function portionOf(entries: readonly OrderedEntry[], atOnce: number): OrderedEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry, index) => {
    bytes += bytesOf(entry);
    return index === atOnce || (index > 0 && bytes > maximumBytes);
  });
  return entries.slice(0, end === -1 ? entries.length : end);
}

/** Portions in batches. No portion is divided, since batches are sent at the same time. */
function batchesOf(portions: readonly (readonly QueueEntry[])[]): QueueEntry[][] {
  const batches: QueueEntry[][] = [];
  let bytes = 0;
  for (const portion of portions) {
    const size = portion.reduce((sum, entry) => sum + bytesOf(entry), 0);
    const batch = batches.at(-1);
    if (!batch || batch.length + portion.length > maximumEntries || bytes + size > maximumBytes) {
      batches.push([...portion]);
      bytes = size;
    } else {
      batch.push(...portion);
      bytes += size;
    }
  }
  return batches;
}
