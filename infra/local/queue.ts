import { randomUUID } from "node:crypto";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { EventQueue, QueueReader, QueuedMessage } from "#lib/contract/queue.ts";

interface Waiting {
  readonly id: string;
  readonly group: string;
  readonly body: string;
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
  /** On its way to the handler. */
  isTaken: boolean;
}

/** A queue of SQS and its event source mapping on a laptop. */
export interface LocalQueue {
  send(messages: readonly { readonly group: string; readonly body: unknown }[]): void;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
  readonly length: number;
  close(): void;
}

type Handler = (event: SQSEvent) => Promise<SQSBatchResponse>;

export interface LocalQueueOptions {
  readonly name: string;
  /** Messages of one group go one after the other, groups side by side. Otherwise everything may go side by side. */
  readonly isFifo: boolean;
  readonly batchSize: number;
  /** How many batches may run at the same time. */
  readonly batchesAtOnce: number;
}

const firstRetryMilliseconds = 250;
const longestRetryMilliseconds = 10_000;

export type LocalEventQueue = EventQueue & QueueReader & Omit<LocalQueue, "send">;

/**
 * The FIFO queue of events: messages of one person go one after the other, people go side by side, and what the handler hands
 * back comes again after a growing while, ahead of that person's later messages.
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
    // Nobody waits for minutes at a laptop: what is handed back has the pauses above.
    postpone: async () => {},
    idle: queue.idle,
    get length() {
      return queue.length;
    },
    close: queue.close,
  };
}

/** A queue and its event source mapping. What the handler hands back comes again after a growing while. */
export function localQueue(
  handle: Handler,
  { name, isFifo, batchSize, batchesAtOnce }: LocalQueueOptions,
): LocalQueue {
  const waiting: Waiting[] = [];
  let batches = 0;
  let idleListeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  /** Of a FIFO queue, no message of a group goes while another one is on its way. */
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
    // Whoever ends looks again.
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
  return `${message.source}#${message.kind === "event" ? message.event.subject : message.id}`;
}

/** What Lambda would get from SQS. */
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
