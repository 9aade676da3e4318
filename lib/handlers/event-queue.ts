import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { apply, type Applied, type ApplyPorts, type ApplyRun } from "#lib/pipeline/apply.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { QueueReader } from "#lib/contract/queue.ts";

export interface EventQueuePorts extends ApplyPorts {
  readonly queue: QueueReader;
}

/** Time kept back at the end of an invocation to settle what was delivered, in milliseconds. */
const reserveMilliseconds = 3_000;
/**
 * The longest that a message waits before it is tried again, in seconds. With the queue's 1,000 receives
 * (infra/aws/queues.yml) 20 minutes, 15 on average, outlast any fault at Authing that somebody mends within ten days. While what stepped
 * aside is hidden, SQS keeps back its person's later events too, of which one may be what it waits for.
 */
const longestPauseSeconds = { later: 1200, aside: 30, done: 0 } as const;

/**
 * The Lambda handler of the queue of events. Answers which messages must come again: one that must takes all later ones
 * of its person with it, so that order holds, and nobody else's. One that steps aside goes once more behind its person's
 * later ones, which may bring what it waits for. What comes again comes after a while that doubles each time.
 */
export function eventQueue(ports: () => EventQueuePorts) {
  let opened: EventQueuePorts | undefined;
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event, context: Context) => {
    opened ??= ports();
    const run = {
      owner: context.awsRequestId,
      deadline: opened.clock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds,
    };
    const handedBack = new Map<SQSRecord, Applied["state"]>();
    const steppedAside = new Set<SQSRecord>();
    // One person's messages go one after the other, everybody's first ones together.
    const people = Map.groupBy(
      event.Records,
      ({ attributes, messageId }) => attributes.MessageGroupId ?? messageId,
    );
    while (people.size > 0) {
      const wave = [...people].flatMap(([person, records]) => {
        const record = records.shift();
        return record ? [{ person, record }] : [];
      });
      const applied = await applyRecords(
        wave.map(({ record }) => record),
        opened,
        run,
      );
      for (const [index, { person, record }] of wave.entries()) {
        const rest = people.get(person) ?? [];
        const state = applied[index]?.state ?? "later";
        if (state === "aside" && rest.length > 0 && !steppedAside.has(record)) {
          steppedAside.add(record);
          rest.push(record);
        } else if (state !== "done") {
          for (const each of state === "aside" ? [record] : [record, ...rest]) handedBack.set(each, state);
        }
        if (state === "later" || rest.length === 0) people.delete(person);
      }
    }
    if (handedBack.size > 0) await postpone(handedBack, opened);
    return {
      batchItemFailures: [...handedBack.keys()].map(({ messageId }) => ({ itemIdentifier: messageId })),
    };
  });
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

/** Throttling, an Authing that is away and a person who is being dealt with elsewhere pass soon or late: nobody knows which. */
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
