import middy from "@middy/core";
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { InboundError } from "#lib/contract/errors.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { Log } from "#lib/contract/log.ts";
import { finishImport, type FinishPorts } from "#lib/uploads/finish.ts";
import { objectsCreated } from "#lib/uploads/notification.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";

/** Time kept back at the end of an invocation to write what became of the rows, in milliseconds. */
const reserveMilliseconds = 10_000;

/** The Lambda handler of uploaded files: plans what the queue holds, notifications of S3 or of EventBridge. */
export function uploadsPlan(ports: () => PlanPorts) {
  return messages(ports, async (notification, opened, { owner }) => {
    let done = true;
    for (const object of objectsCreated(notification)) {
      done = (await planImport(object, opened, { owner })) === "done" && done;
    }
    return done;
  });
}

/** The Lambda handler of chunks. */
export function uploadsRun(ports: () => RunPorts) {
  return messages(ports, async (message, opened, { owner, millisecondsLeft }) => {
    const run = { owner, deadline: opened.clock.now() + millisecondsLeft - reserveMilliseconds };
    return (await runChunk(ofKind("chunk", message), opened, run)) === "done";
  });
}

/** The Lambda handler of imports whose chunks are done. */
export function uploadsFinish(ports: () => FinishPorts) {
  return messages(
    ports,
    async (message, opened, run) => (await finishImport(ofKind("finish", message), opened, run)) === "done",
  );
}

/** Works on each message of a batch and answers which of them must come again. */
function messages<Ports extends { readonly log: Log }>(
  ports: () => Ports,
  work: (
    message: unknown,
    ports: Ports,
    run: { owner: string; millisecondsLeft: number },
  ) => Promise<boolean>,
) {
  let opened: Ports | undefined;
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event, context: Context) => {
    opened ??= ports();
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of event.Records) {
      const run = { owner: context.awsRequestId, millisecondsLeft: context.getRemainingTimeInMillis() };
      try {
        if (await work(parse(body), opened, run)) continue;
      } catch (error) {
        const reason = error instanceof InboundError ? error.reason : (error as Error).name;
        opened.log.error("upload failed", { reason });
      }
      batchItemFailures.push({ itemIdentifier: messageId });
    }
    return { batchItemFailures };
  });
}

/** Written by ourselves, so that its shape is known; not so which queue somebody moves it to. */
function ofKind<Kind extends ImportMessage["kind"]>(
  kind: Kind,
  message: unknown,
): Extract<ImportMessage, { kind: Kind }> {
  if ((message as ImportMessage).kind !== kind) throw new InboundError("malformed", "message-unknown");
  return message as Extract<ImportMessage, { kind: Kind }>;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InboundError("malformed", "notification-malformed");
  }
}
