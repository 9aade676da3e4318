import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { applyInOrder } from "#lib/pipeline/in-order.ts";
import { reasonOf } from "#lib/contract/errors.ts";
import type { QueueReader } from "#lib/contract/queue.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { partialBatch } from "./middleware/partial-batch.ts";
import { stopBefore } from "./middleware/stop-before.ts";

export interface EventQueuePorts extends ApplyPorts {
  readonly queue: QueueReader;
}

/** Time kept back at the end of an invocation to record the outcome of what was delivered, in milliseconds. */
const reserveMilliseconds = 3_000;
/** Maximum back-off of a message, in seconds: 1,000 receives (infra/aws/queues.yml) × 15 minutes on average ≈ 10 days. */
const longestPauseSeconds = 1200;

/**
 * The Lambda handler of the queue of events. Returns the messages that the queue must retry: those for which Authing, the ledger
 * or another worker decides when they can go on. A message that waits for anything else is parked, and later events of its person
 * are applied: since the newest value of each field counts, events may be applied in any order.
 */
export function eventQueue(open: () => EventQueuePorts) {
  return lambdaHandler<SQSEvent, EventQueuePorts, SQSRecord[], SQSBatchResponse>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds }), partialBatch()],
    async ({ Records }, { ports, awsRequestId: owner, deadline }) => {
      const retried = await retriedOf(Records, ports, { owner, deadline });
      if (retried.length > 0) await postpone(retried, ports);
      return retried;
    },
  );
}

/** The records that have to be retried. */
async function retriedOf(
  records: readonly SQSRecord[],
  ports: EventQueuePorts,
  run: ApplyRun,
): Promise<SQSRecord[]> {
  const batch = await Promise.all(
    records.map(async ({ body, attributes, messageId }) => ({
      group: attributes.MessageGroupId ?? messageId,
      message: await ports.queue.open(body).catch((error: unknown) => {
        ports.log.error("event not opened", { reason: reasonOf(error) });
        return undefined;
      }),
    })),
  );
  const applied = await applyInOrder(batch, ports, run);
  return records.filter((_, index) => (applied[index]?.state ?? "later") === "later");
}

/**
 * Hides what is retried for a time that doubles with each receive. Throttling, an outage of Authing and a person lock end by
 * themselves, at a time that is not known.
 */
async function postpone(
  retried: readonly SQSRecord[],
  { queue, log, clock }: EventQueuePorts,
): Promise<void> {
  const messages = retried.map(({ receiptHandle, attributes }) => {
    const longest = Math.min(longestPauseSeconds, 2 ** Number(attributes.ApproximateReceiveCount));
    // Messages that failed together are retried at different times: one of them may be the cause of the failure of the others.
    return { receiptHandle, seconds: Math.ceil(longest * (1 - clock.random() / 2)) };
  });
  try {
    await queue.postpone(messages);
  } catch (error) {
    log.warn("events not postponed", { reason: reasonOf(error) });
  }
}
