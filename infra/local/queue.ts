import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { reasonOf } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import { subjectOf, type EventQueue, type QueueReader, type QueuedMessage } from "#lib/contract/queue.ts";
import { storeMessages, type TakenMessage } from "#infra/store/messages.ts";
import type { Database } from "#infra/store/sqlite.ts";

/** A queue on one machine that behaves as SQS and its event source mapping do. */
export interface LocalQueue {
  /** Returns when the messages are safely kept. Throws `unavailable` `store-unreachable` otherwise. */
  send(messages: readonly { readonly group: string; readonly body: unknown }[]): void;
  /** Resolves when no message waits and no handler runs. */
  idle(): Promise<void>;
  /** Messages that wait or are in work. */
  readonly length: number;
  /** Messages that were received too often: they stay until `npm run serve -- --revive`. */
  readonly dead: number;
  /** Takes no more messages. Resolves when the handlers that run have ended. */
  close(): Promise<void>;
}

type Handler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface LocalQueueOptions {
  readonly name: string;
  /** FIFO: messages of one group are handled one after the other, groups in parallel. Otherwise all messages in parallel. */
  readonly isFifo: boolean;
  readonly batchSize: number;
  /** The most batches that run at the same time. */
  readonly batchesAtOnce: number;
  /** How often a message is received before it is dead. */
  readonly maxReceives: number;
  readonly log: Log;
}

const firstRetryMilliseconds = 250;
const longestRetryMilliseconds = 10_000;
/** How long a queue waits when its store fails, in milliseconds. */
const storeRetryMilliseconds = 1_000;

export type LocalEventQueue = EventQueue & QueueReader & Omit<LocalQueue, "send">;

/**
 * The FIFO queue of events. Messages of one person are handled one after the other, different people in parallel. A message that the
 * handler hands back is retried after a growing pause, before the later messages of the same person.
 *
 * @param isPatient whether a message that is handed back waits as long as the worker asks for, up to 20 minutes, as on AWS. A developer
 *   would have to wait for minutes: on a laptop it has the pauses above.
 */
export function localEventQueue(
  database: Database,
  handle: Handler,
  { isPatient, log }: { readonly isPatient: boolean; readonly log: Log },
): LocalEventQueue {
  const pauses = new Map<string, number>();
  // The same numbers as in infra/aws/functions.ts and queues.yml.
  const queue = localQueue(
    database,
    handle,
    { name: "events.fifo", isFifo: true, batchSize: 10, batchesAtOnce: 5, maxReceives: 1000, log },
    (message) => {
      const pause = pauses.get(String(message.id));
      pauses.delete(String(message.id));
      return pause ?? pauseOf(message);
    },
  );
  return {
    async send(messages) {
      queue.send(messages.map((message) => ({ group: groupOf(message), body: message })));
    },
    open: async (body) => JSON.parse(body) as QueuedMessage,
    async postpone(messages) {
      if (!isPatient) return;
      for (const { receiptHandle, seconds } of messages) pauses.set(receiptHandle, seconds * 1000);
    },
    idle: queue.idle,
    get length() {
      return queue.length;
    },
    get dead() {
      return queue.dead;
    },
    close: queue.close,
  };
}

/** How long a message that was handed back waits, in milliseconds: a pause that grows with each receive. */
const pauseOf = ({ receives }: TakenMessage): number =>
  Math.min(longestRetryMilliseconds, firstRetryMilliseconds * 2 ** Math.min(receives - 1, 10));

/**
 * A queue and its event source mapping. A message that the handler hands back is retried after a pause. Of a process that ends, the
 * messages in work are received again by the next one.
 *
 * @param pause how long a message that was handed back waits, in milliseconds
 */
export function localQueue(
  database: Database,
  handle: Handler,
  { name, isFifo, batchSize, batchesAtOnce, maxReceives, log }: LocalQueueOptions,
  pause: (message: TakenMessage) => number = pauseOf,
): LocalQueue {
  const messages = storeMessages(database, { name, isFifo, maxReceives });
  const running = new Set<Promise<void>>();
  let idleListeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  /** Starts as many batches as there is room for. The batch that ends next calls it again. */
  function pump(): void {
    clearTimeout(timer);
    if (closed) return;
    // One moment for both questions: a message that becomes visible in between must not be overlooked.
    const now = Date.now();
    try {
      while (running.size < batchesAtOnce) {
        const { taken, dead } = messages.take(batchSize, now);
        if (dead > 0) log.error("messages are dead", { queue: name, messages: dead });
        if (taken.length > 0) start(taken);
        else if (dead === 0) break;
      }
      tellIdle();
      const next = running.size < batchesAtOnce ? messages.nextVisibleAt(now) : undefined;
      if (next !== undefined) pumpIn(Math.max(1, next - Date.now()));
    } catch (error) {
      log.error("queue not read", { queue: name, reason: reasonOf(error) });
      pumpIn(storeRetryMilliseconds);
    }
  }

  function pumpIn(milliseconds: number): void {
    clearTimeout(timer);
    timer = setTimeout(pump, milliseconds).unref();
  }

  function tellIdle(): void {
    if (idleListeners.length === 0 || messages.length > 0) return;
    const listeners = idleListeners;
    idleListeners = [];
    for (const listener of listeners) listener();
  }

  function start(batch: readonly TakenMessage[]): void {
    const run = work(batch).finally(() => {
      running.delete(run);
      pump();
    });
    running.add(run);
  }

  async function work(batch: readonly TakenMessage[]): Promise<void> {
    const { batchItemFailures } = await handle(eventOf(name, batch)).catch(() => ({
      batchItemFailures: batch.map(({ id }) => ({ itemIdentifier: String(id) })),
    }));
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const isAgain = ({ id }: TakenMessage) => failed.has(String(id));
    const done = batch.filter((message) => !isAgain(message)).map(({ id }) => id);
    const again = batch
      .filter(isAgain)
      .map((message) => ({ ...message, visibleAt: Date.now() + pause(message) }));
    for (;;) {
      try {
        messages.finish(done, again);
        return;
      } catch (error) {
        // Until the store works again the messages stay in work: their outcomes are recorded, so that a later process ends them.
        log.error("queue not written", { queue: name, reason: reasonOf(error) });
        if (closed) return;
        await new Promise((resolve) => setTimeout(resolve, storeRetryMilliseconds));
      }
    }
  }

  // What a process before this one has left.
  setImmediate(pump);
  return {
    send(given) {
      messages.add(given);
      setImmediate(pump);
    },
    idle: () =>
      messages.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleListeners.push(resolve);
          }),
    get length() {
      return messages.length;
    },
    get dead() {
      return messages.dead;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await Promise.all(running);
    },
  };
}

function groupOf(message: QueuedMessage): string {
  return `${message.source}#${subjectOf(message)}`;
}

/** The event that Lambda would get from SQS. */
function eventOf(queue: string, batch: readonly TakenMessage[]): SQSEvent {
  return {
    Records: batch.map(({ id, group, body, sentAt, receives }) => ({
      messageId: String(id),
      receiptHandle: String(id),
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentAt),
        SenderId: "local",
        ApproximateFirstReceiveTimestamp: String(sentAt),
        MessageGroupId: group,
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:local:000000000000:${queue}`,
      awsRegion: "local",
    })),
  };
}
