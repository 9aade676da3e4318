import { InboundError } from "#lib/contract/errors.ts";
import type { ApplyMessage, ImportMessage } from "#lib/contract/import-queue.ts";
import { applyPreview } from "#lib/uploads/apply-preview.ts";
import { finishImport, type FinishPorts } from "#lib/uploads/finish.ts";
import { objectsCreated } from "#lib/uploads/notification.ts";
import { planImport, type PlanPorts } from "#lib/uploads/plan.ts";
import { runChunk, type RunPorts } from "#lib/uploads/run.ts";
import { batchHandler } from "./queue-batch.ts";

/** What the log says of a message that fails. */
const failed = "upload failed";

/** The Lambda handler of uploaded files: plans what the queue holds, notifications of S3 or of EventBridge. */
export function uploadsPlan(open: () => PlanPorts) {
  return batchHandler(
    open,
    async (notification, { ports, awsRequestId: owner }) => {
      if ((notification as ApplyMessage).kind === "apply") {
        return (await applyPreview(notification as ApplyMessage, ports, { owner })) === "done";
      }
      let done = true;
      for (const object of objectsCreated(notification)) {
        done = (await planImport(object, ports, { owner })) === "done" && done;
      }
      return done;
    },
    failed,
  );
}

/** The Lambda handler of chunks. */
export function uploadsRun(open: () => RunPorts) {
  return batchHandler(
    open,
    async (message, { ports, awsRequestId: owner, deadline }) => {
      return (await runChunk(ofKind("chunk", message), ports, { owner, deadline })) === "done";
    },
    failed,
  );
}

/** The Lambda handler of imports whose chunks are done. */
export function uploadsFinish(open: () => FinishPorts) {
  return batchHandler(
    open,
    async (message, { ports, awsRequestId: owner }) => {
      return (await finishImport(ofKind("finish", message), ports, { owner })) === "done";
    },
    failed,
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
