import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { apply, type Applied, type ApplyPorts, type ApplyRun } from "#lib/pipeline/apply.ts";
import { InboundError } from "#lib/contract/errors.ts";
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
/**
 * Maximum back-off of a message, in seconds: 1,000 receives (infra/aws/queues.yml) × 15 minutes on average ≈ 10 days. While a
 * deferred message is hidden, SQS keeps back its person's later events too, of which one may be what it waits for: its
 * back-off is short.
 */
const longestPauseSeconds = { later: 1200, aside: 30, done: 0 } as const;

/**
 * The Lambda handler of the queue of events. Answers which messages must come again: one that must takes all later ones
 * of its person with it, so that order holds, and no message of another person. One that is deferred goes once more behind its
 * person's later ones, which may bring what it waits for. What comes again comes after a while that doubles each time.
 */
export function eventQueue(open: () => EventQueuePorts) {
  return lambdaHandler<SQSEvent, EventQueuePorts, SQSRecord[], SQSBatchResponse>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds }), partialBatch()],
    async ({ Records }, { ports, awsRequestId: owner, deadline }) => {
      const handedBack = await applyInOrder(Records, ports, { owner, deadline });
      if (handedBack.size > 0) await postpone(handedBack, ports);
      return [...handedBack.keys()];
    },
  );
}

/** What must come again of a batch, and why. One person's messages go one after the other, the first ones of all people together. */
async function applyInOrder(
  records: readonly SQSRecord[],
  ports: EventQueuePorts,
  run: ApplyRun,
): Promise<Map<SQSRecord, Applied["state"]>> {
  const handedBack = new Map<SQSRecord, Applied["state"]>();
  const deferred = new Set<SQSRecord>();
  const people = Map.groupBy(records, ({ attributes, messageId }) => attributes.MessageGroupId ?? messageId);
  while (people.size > 0) {
    const wave = [...people].flatMap(([person, waiting]) => {
      const record = waiting.shift();
      return record ? [{ person, record }] : [];
    });
    const applied = await applyRecords(
      wave.map(({ record }) => record),
      ports,
      run,
    );
    for (const [index, { person, record }] of wave.entries()) {
      const rest = people.get(person) ?? [];
      const state = applied[index]?.state ?? "later";
      if (state === "aside" && rest.length > 0 && !deferred.has(record)) {
        deferred.add(record);
        rest.push(record);
      } else if (state !== "done") {
        for (const each of state === "aside" ? [record] : [record, ...rest]) handedBack.set(each, state);
      }
      if (state === "later" || rest.length === 0) people.delete(person);
    }
  }
  return handedBack;
}

async function applyRecords(
  records: readonly SQSRecord[],
  ports: EventQueuePorts,
  run: ApplyRun,
): Promise<Applied[]> {
  const opened = await Promise.all(
    records.map(({ body }) =>
      ports.queue.open(body).catch((error: unknown) => {
        ports.log.error("event not opened", { reason: reasonOf(error) });
      }),
    ),
  );
  const messages = opened.filter((message) => message !== undefined);
  let applied: Applied[] = [];
  try {
    applied = await apply(messages, ports, run);
  } catch (error) {
    // A defect of ours, or the ledger is away: the messages stay, and go to the dead letters if it never gets better.
    ports.log.error("events failed", { reason: reasonOf(error) });
  }
  return opened.map((message) => (message && applied[messages.indexOf(message)]) ?? { state: "later" });
}

/**
 * Hides what comes again for a while that doubles with each receive. Throttling, an outage of Authing and a locked person
 * pass, and nothing tells when.
 */
async function postpone(
  handedBack: ReadonlyMap<SQSRecord, Applied["state"]>,
  { queue, log, clock }: EventQueuePorts,
): Promise<void> {
  const messages = [...handedBack].map(([{ receiptHandle, attributes }, state]) => {
    const longest = Math.min(longestPauseSeconds[state], 2 ** Number(attributes.ApproximateReceiveCount));
    // Those that failed together do not come again together: one of them may be what the others fail of.
    return { receiptHandle, seconds: Math.ceil(longest * (1 - clock.random() / 2)) };
  });
  try {
    await queue.postpone(messages);
  } catch (error) {
    log.warn("events not postponed", { reason: reasonOf(error) });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof InboundError) return error.reason;
  return error instanceof Error ? error.name : "unknown";
}
