import { randomUUID } from "node:crypto";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { EventQueue, QueueReader, QueuedMessage } from "#lib/pipeline/ports.ts";

interface Waiting {
  readonly id: string;
  readonly group: string;
  readonly body: string;
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
}

export interface LocalQueue extends EventQueue, QueueReader {
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
  readonly length: number;
  close(): void;
}

const batchSize = 10;
const firstRetryMilliseconds = 250;
const longestRetryMilliseconds = 10_000;

/**
 * The FIFO queue and its event source mapping on a laptop: messages of one person go one after the other, people go side
 * by side, and what the handler hands back comes again after a growing while, ahead of that person's later messages.
 */
export function localQueue(handle: (event: SQSEvent) => Promise<SQSBatchResponse>): LocalQueue {
  const waiting: Waiting[] = [];
  const running = new Set<string>();
  let idleListeners: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function take(): Waiting[] {
    // Those of a person go in their order, and only when none of theirs is on its way.
    const blocked = new Set(running);
    const batch: Waiting[] = [];
    for (const message of waiting) {
      if (batch.length === batchSize) break;
      if (message.visibleAt > Date.now()) blocked.add(message.group);
      if (!blocked.has(message.group)) batch.push(message);
    }
    return batch;
  }

  function pump(): void {
    clearTimeout(timer);
    if (closed) return;
    for (let batch = take(); batch.length > 0; batch = take()) void run(batch);
    if (waiting.length === 0 && running.size === 0) {
      const listeners = idleListeners;
      idleListeners = [];
      for (const listener of listeners) listener();
      return;
    }
    const next = Math.min(
      ...waiting.filter(({ group }) => !running.has(group)).map(({ visibleAt }) => visibleAt),
    );
    if (Number.isFinite(next)) timer = setTimeout(pump, Math.max(1, next - Date.now())).unref();
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    for (const message of batch) {
      running.add(message.group);
      message.receives += 1;
    }
    const { batchItemFailures } = await handle(eventOf(batch)).catch(() => ({
      batchItemFailures: batch.map(({ id }) => ({ itemIdentifier: id })),
    }));
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch) {
      running.delete(message.group);
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
    async send(messages) {
      for (const message of messages) {
        waiting.push({
          id: randomUUID(),
          group: groupOf(message),
          body: JSON.stringify(message),
          sentAt: Date.now(),
          receives: 0,
          visibleAt: 0,
        });
      }
      setImmediate(pump);
    },
    open: async (body) => JSON.parse(body) as QueuedMessage,
    // Nobody waits for minutes at a laptop: what is handed back has the pauses above.
    postpone: async () => {},
    idle: () =>
      waiting.length === 0 && running.size === 0
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
function eventOf(batch: readonly Waiting[]): SQSEvent {
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
      eventSourceARN: "arn:aws:sqs:local:000000000000:events.fifo",
      awsRegion: "local",
    })),
  };
}
