import middy from "@middy/core";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { apply, type Applied, type ApplyPorts, type ApplyRun } from "#lib/pipeline/apply.ts";
import type { QueuedMessage } from "#lib/pipeline/ports.ts";

/** Time kept back at the end of an invocation to settle what was delivered, in milliseconds. */
const reserveMilliseconds = 3_000;

/**
 * The Lambda handler of the queue of events. Answers which messages must come again: one that must takes all later ones
 * of its person with it, so that order holds, and nobody else's. One that steps aside goes once more behind its person's
 * later ones, which may bring what it waits for.
 */
export function eventQueue(ports: () => ApplyPorts) {
  let opened: ApplyPorts | undefined;
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event, context: Context) => {
    opened ??= ports();
    const run = {
      owner: context.awsRequestId,
      deadline: opened.clock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds,
    };
    const batchItemFailures: SQSBatchItemFailure[] = [];
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
        wave.map(({ record }) => record.body),
        opened,
        run,
      );
      for (const [index, { person, record }] of wave.entries()) {
        const rest = people.get(person) ?? [];
        const state = applied[index]?.state ?? "later";
        const comeAgain = state === "done" ? [] : state === "aside" ? [record] : [record, ...rest];
        if (state === "aside" && rest.length > 0 && !steppedAside.has(record)) {
          steppedAside.add(record);
          rest.push(record);
        } else {
          batchItemFailures.push(...comeAgain.map(({ messageId }) => ({ itemIdentifier: messageId })));
        }
        if (state === "later" || rest.length === 0) people.delete(person);
      }
    }
    return { batchItemFailures };
  });
}

async function applyRecords(bodies: readonly string[], ports: ApplyPorts, run: ApplyRun): Promise<Applied[]> {
  try {
    // Written by ourselves (lib/aws/queue.ts), so their shape is known.
    return await apply(
      bodies.map((body) => JSON.parse(body) as QueuedMessage),
      ports,
      run,
    );
  } catch (error) {
    // A defect of ours, or the ledger is away: the messages stay, and go to the dead letters if it never gets better.
    ports.log.error("events failed", { reason: error instanceof Error ? error.name : "unknown" });
    return bodies.map(() => ({ state: "later" }));
  }
}
