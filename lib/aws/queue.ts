import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventQueue, QueueReader, QueuedMessage } from "#lib/contract/queue.ts";
import type { ImportQueue } from "#lib/contract/import-queue.ts";
import { asciiJson } from "./ascii-json.ts";
import { awsFailure } from "./failure.ts";
import { inParallel } from "./parallel.ts";

// Messages in SQS: events in a FIFO queue, what is to be done about imports in standard ones.
//
// Group: the person, as their source knows them, hashed: SQS takes 128 characters of ASCII, and who it is stays out of
// AWS's metrics. Deduplication: the event, hashed. Within five minutes SQS drops the same event again, which spares
// work; what comes later, and whether the event was ever applied, is for the ledger to know. Dropping is safe because the
// first one is still on its way or settled.
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

/** Sends up to ten entries. Resolves to those that were not taken; `ours` means that trying again does not help. */
export type SendBatch = (
  url: string,
  entries: readonly QueueEntry[],
) => Promise<readonly { readonly id: string; readonly ours: boolean }[]>;

/** Limits of SQS: 1 MiB for a message and for a batch, ten messages in a batch. */
const maximumBytes = 1_048_576;
const maximumEntries = 10;
const batchesAtOnce = 5;
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
      const entries = messages.map((message, index) => ({
        id: String(index),
        body: asciiJson(message),
        group: hash(message.source, subjectOf(message)),
        deduplication: hash(message.source, idOf(message)),
      }));
      const tooLarge = entries.filter(({ body }) => body.length > maximumBytes);
      await inParallel(tooLarge, batchesAtOnce, async (entry) => {
        const { source } = messages[Number(entry.id)]!;
        entry.body = asciiJson(await putAside(bucket, source, entry.body));
      });
      await sendInOrder(url, entries, sendBatch);
    },
  };
}

/**
 * The sender's side of the queues of imports. In a standard queue a group keeps no order: SQS hands out first what belongs to
 * groups of which little is on its way, so that the chunks of a large file do not stand before a small file's.
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
          body: asciiJson(message),
          group: hash(message.import),
        }));
        await sendInOrder(url, entries, sendBatch);
      }
    },
  };
}

/** Stands in the queue for a message that waits in the bucket. */
interface StoredMessage {
  readonly kind: "stored";
  readonly key: string;
}

async function putAside(bucket: string, source: string, body: string): Promise<StoredMessage> {
  const { PutObjectCommand, s3 } = await import("./s3.ts");
  // A name of its own for each sending: no two messages in the queue stand for the same object.
  const key = `waiting/${source}/${randomUUID()}.json`;
  const object = { Bucket: bucket, Key: key, Body: body, ContentType: "application/json" };
  await s3.send(new PutObjectCommand(object)).catch((error: unknown) => {
    throw awsFailure(error, "bucket-unreachable");
  });
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
      await hide(url, messages).catch((error: unknown) => {
        throw awsFailure(error, "queue-unreachable");
      });
    },
  };
}

const idOf = (message: QueuedMessage) => (message.kind === "event" ? message.event.id : message.id);
const subjectOf = (message: QueuedMessage) => (message.kind === "event" ? message.event.subject : message.id);
const hash = (...parts: string[]) => createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/**
 * Sends all or throws. SQS may take some of a batch and refuse others, so a person's second event is only sent after the
 * first one was taken: each round sends the first waiting event of every group.
 */
async function sendInOrder(url: string, entries: readonly QueueEntry[], sendBatch: SendBatch): Promise<void> {
  const groups = Map.groupBy(entries, (entry) => entry.group);
  let failures = 0;
  while (groups.size > 0) {
    const round = [...groups.values()].flatMap((group) => group[0] ?? []);
    const refused = new Set<string>();
    await inParallel(batchesOf(round), batchesAtOnce, async (batch) => {
      for (const { id, ours } of await attempt(url, batch, sendBatch)) {
        if (ours) throw new InboundError("misconfigured", "queue-refused");
        refused.add(id);
      }
    });
    for (const { id, group } of round) {
      if (refused.has(id)) continue;
      const waiting = groups.get(group);
      waiting?.shift();
      if (waiting?.length === 0) groups.delete(group);
    }
    if (refused.size === 0) continue;
    failures += 1;
    if (failures === tries) throw new InboundError("unavailable", "queue-unreachable");
    await sleep(Math.random() * firstPauseMilliseconds * 2 ** failures);
  }
}

async function attempt(url: string, batch: readonly QueueEntry[], sendBatch: SendBatch) {
  try {
    return await sendBatch(url, batch);
  } catch (error) {
    throw awsFailure(error, "queue-unreachable");
  }
}

function batchesOf(entries: readonly QueueEntry[]): QueueEntry[][] {
  const batches: QueueEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entry.body.length;
    const batch = batches.at(-1);
    if (!batch || batch.length === maximumEntries || bytes + size > maximumBytes) {
      batches.push([entry]);
      bytes = size;
    } else {
      batch.push(entry);
      bytes += size;
    }
  }
  return batches;
}
