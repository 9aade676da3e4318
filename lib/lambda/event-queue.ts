import middy from "@middy/core";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { apply, type ApplyPorts } from "#lib/pipeline/apply.ts";
import type { QueuedMessage } from "#lib/pipeline/ports.ts";

/** Time kept back at the end of an invocation to settle what was delivered, in milliseconds. */
const reserveMilliseconds = 3_000;

/**
 * The Lambda handler of the queue of events. Answers which messages must come again: one that must takes all later ones
 * of its person with it, so that order holds, and nobody else's.
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
    const waiting = new Set<string>();
    for (const record of event.Records) {
      const person = record.attributes.MessageGroupId ?? record.messageId;
      const done = !waiting.has(person) && (await applyRecord(record.body, opened, run)) === "done";
      if (done) continue;
      waiting.add(person);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
    return { batchItemFailures };
  });
}

async function applyRecord(
  body: string,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<"done" | "later"> {
  try {
    // Written by ourselves (lib/aws/queue.ts), so its shape is known.
    return await apply(JSON.parse(body) as QueuedMessage, ports, run);
  } catch (error) {
    // A defect of ours, or the ledger is away: the message stays, and goes to the dead letters if it never gets better.
    ports.log.error("event failed", { reason: error instanceof Error ? error.name : "unknown" });
    return "later";
  }
}
