import { randomUUID } from "node:crypto";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { subjectOf, type EventQueue, type QueueReader, type QueuedMessage } from "#lib/contract/queue.ts";

interface Waiting {
  readonly id: string;
  readonly group: string;
  readonly body: string;
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
  /** Whether the handler has it: it is in flight. */
  isTaken: boolean;
}

/** A queue on a laptop that behaves as SQS and its event source mapping do. */
export interface LocalQueue {
  send(messages: readonly { readonly group: string; readonly body: unknown }[]): void;
  /** Resolves when no message waits and no handler runs. */
  idle(): Promise<void>;
  readonly length: number;
  close(): void;
}

type Handler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface LocalQueueOptions {
  readonly name: string;
  /** FIFO: messages of one group are handled one after the other, groups in parallel. Otherwise all messages in parallel. */
  readonly isFifo: boolean;
  readonly batchSize: number;
  /** The most batches that run at the same time. */
  readonly batchesAtOnce: number;
}

const firstRetryMilliseconds = 250;
const longestRetryMilliseconds = 10_000;

export type LocalEventQueue = EventQueue & QueueReader & Omit<LocalQueue, "send">;

/**
 * The FIFO queue of events. Messages of one person are handled one after the other, different people in parallel. A message that the
 * handler hands back is retried after a growing pause, before the later messages of the same person.
 */
export function localEventQueue(handle: Handler): LocalEventQueue {
  const queue = localQueue(handle, {
    name: "events.fifo",
    isFifo: true,
    batchSize: 10,
    batchesAtOnce: Number.POSITIVE_INFINITY,
  });
  return {
    async send(messages) {
      queue.send(messages.map((message) => ({ group: groupOf(message), body: message })));
    },
    open: async (body) => JSON.parse(body) as QueuedMessage,
    // Does nothing: a developer would have to wait for minutes. A message that is handed back has the pauses above.
    postpone: async () => {},
    idle: queue.idle,
    get length() {
      return queue.length;
    },
    close: queue.close,
  };
}

/** A queue and its event source mapping. A message that the handler hands back is retried after a growing pause. */
export function localQueue(
  handle: Handler,
  { name, isFifo, batchSize, batchesAtOnce }: LocalQueueOptions,
): LocalQueue {
  const waiting: Waiting[] = [];
  let batches = 0;
  let idleListeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  /** The groups of a FIFO queue with a message in flight: no other message of such a group may be handled. */
  const groupsTaken = () =>
    new Set(isFifo ? waiting.filter(({ isTaken }) => isTaken).map(({ group }) => group) : []);

  function take(): Waiting[] {
    if (batches >= batchesAtOnce) return [];
    const blocked = groupsTaken();
    const batch: Waiting[] = [];
    for (const message of waiting) {
      if (batch.length === batchSize) break;
      if (message.isTaken) continue;
      if (message.visibleAt > Date.now()) {
        if (isFifo) blocked.add(message.group);
      } else if (!blocked.has(message.group)) batch.push(message);
    }
    return batch;
  }

  function pump(): void {
    clearTimeout(timer);
    if (closed) return;
    for (let batch = take(); batch.length > 0; batch = take()) void run(batch);
    if (waiting.length === 0) {
      const listeners = idleListeners;
      idleListeners = [];
      for (const listener of listeners) listener();
      return;
    }
    // The batch that ends next calls `pump` again.
    if (batches >= batchesAtOnce) return;
    const blocked = groupsTaken();
    const free = waiting.filter(({ group, isTaken }) => !isTaken && !blocked.has(group));
    const next = Math.min(...free.map(({ visibleAt }) => visibleAt));
    if (Number.isFinite(next)) timer = setTimeout(pump, Math.max(1, next - Date.now())).unref();
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    batches += 1;
    for (const message of batch) {
      message.isTaken = true;
      message.receives += 1;
    }
    const { batchItemFailures } = await handle(eventOf(name, batch)).catch(() => ({
      batchItemFailures: batch.map(({ id }) => ({ itemIdentifier: id })),
    }));
    batches -= 1;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch) {
      message.isTaken = false;
      if (failed.has(message.id)) {
        const wait = Math.min(longestRetryMilliseconds, firstRetryMilliseconds * 2 ** (message.receives - 1));
        message.visibleAt = Date.now() + wait;
      } else {
        waiting.splice(waiting.indexOf(message), 1);
      }
    }
    pump();
  }

  return {
    send(messages) {
      for (const { group, body } of messages) {
        waiting.push({
          id: randomUUID(),
          group,
          body: JSON.stringify(body),
          sentAt: Date.now(),
          receives: 0,
          visibleAt: 0,
          isTaken: false,
        });
      }
      setImmediate(pump);
    },
    idle: () =>
      waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            idleListeners.push(resolve);
          }),
    get length() {
      return waiting.length;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function groupOf(message: QueuedMessage): string {
  return `${message.source}#${subjectOf(message)}`;
}

/** The event that Lambda would get from SQS. */
function eventOf(queue: string, batch: readonly Waiting[]): SQSEvent {
  return {
    Records: batch.map(({ id, group, body, sentAt, receives }) => ({
      messageId: id,
      receiptHandle: id,
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
