import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import type { ApplyMessage, ImportMessage } from "#lib/contract/import-queue.ts";
import { applyPreview } from "#lib/uploads/apply-preview.ts";
import { finishImport, type FinishPorts } from "#lib/uploads/finish.ts";
import { objectsCreated } from "#lib/uploads/notification.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";
import { lambdaHandler, type Invocation } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { partialBatch } from "./middleware/partial-batch.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** Time kept back at the end of an invocation to write what became of the rows, in milliseconds. */
const reserveMilliseconds = 10_000;

/** The Lambda handler of uploaded files: plans what the queue holds, notifications of S3 or of EventBridge. */
export function uploadsPlan(open: () => PlanPorts) {
  return batchHandler(open, async (notification, { ports, awsRequestId: owner }) => {
    if ((notification as ApplyMessage).kind === "apply") {
      return (await applyPreview(notification as ApplyMessage, ports, { owner })) === "done";
    }
    let done = true;
    for (const object of objectsCreated(notification)) {
      done = (await planImport(object, ports, { owner })) === "done" && done;
    }
    return done;
  });
}

/** The Lambda handler of chunks. */
export function uploadsRun(open: () => RunPorts) {
  return batchHandler(open, async (message, { ports, awsRequestId: owner, deadline }) => {
    return (await runChunk(ofKind("chunk", message), ports, { owner, deadline })) === "done";
  });
}

/** The Lambda handler of imports whose chunks are done. */
export function uploadsFinish(open: () => FinishPorts) {
  return batchHandler(open, async (message, { ports, awsRequestId: owner }) => {
    return (await finishImport(ofKind("finish", message), ports, { owner })) === "done";
  });
}

/** Works on each message of a batch by itself. SQS retries a message that is not done or that fails; it deletes the others. */
function batchHandler<Ports extends FinishPorts>(
  open: () => Ports,
  work: (message: unknown, invocation: Invocation<Ports>) => Promise<boolean>,
) {
  return lambdaHandler<SQSEvent, Ports, SQSRecord[], SQSBatchResponse>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds }), partialBatch()],
    async ({ Records }, invocation) => {
      const unfinished: SQSRecord[] = [];
      for (const record of Records) {
        try {
          if (await work(parse(record.body), invocation)) continue;
        } catch (error) {
          invocation.ports.log.error("upload failed", { reason: reasonOf(error) });
        }
        unfinished.push(record);
      }
      return unfinished;
    },
  );
}

/** Our own messages, whose shape is known. Only an operator can move one to a queue of another kind. */
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
