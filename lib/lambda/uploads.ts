import middy from "@middy/core";
import type {
  Context,
  S3Event,
  S3ObjectCreatedNotificationEvent,
  SQSBatchItemFailure,
  SQSBatchResponse,
  SQSEvent,
} from "aws-lambda";
import { InboundError } from "#lib/pipeline/errors.ts";
import { objectsCreated } from "#lib/uploads/notification.ts";
import { runImport, type ImportPorts } from "#lib/uploads/run.ts";

/** What may invoke the function: S3 itself, EventBridge, or a queue that holds what either of them said. */
export type UploadEvent = S3Event | S3ObjectCreatedNotificationEvent | SQSEvent;

/** Time kept back at the end of an invocation to write the results, in milliseconds. */
const reserveMilliseconds = 10_000;

/**
 * The Lambda handler of uploaded files. Behind a queue it answers which notifications must come again; called directly it
 * throws, so that Lambda calls again.
 */
export function uploads(ports: () => ImportPorts) {
  let opened: ImportPorts | undefined;
  return middy<UploadEvent, SQSBatchResponse>().handler(async (event, context: Context) => {
    opened ??= ports();
    const { log } = opened;
    const run = {
      owner: context.awsRequestId,
      deadline: opened.clock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds,
    };
    if (!isFromQueue(event)) {
      if (!(await runAll(event, opened, run))) throw new InboundError("unavailable", "import-unfinished");
      return { batchItemFailures: [] };
    }
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of event.Records) {
      const done = await runAll(parse(body), opened, run).catch((error: unknown) => {
        const reason = error instanceof InboundError ? error.reason : (error as Error).name;
        log.error("upload failed", { reason });
        return false;
      });
      if (!done) batchItemFailures.push({ itemIdentifier: messageId });
    }
    return { batchItemFailures };
  });
}

/** Whether every object of a notification is dealt with. */
async function runAll(
  notification: unknown,
  ports: ImportPorts,
  run: { owner: string; deadline: number },
): Promise<boolean> {
  let done = true;
  for (const object of objectsCreated(notification)) {
    done = (await runImport(object, ports, run)) === "done" && done;
  }
  return done;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InboundError("malformed", "notification-malformed");
  }
}

function isFromQueue(event: UploadEvent): event is SQSEvent {
  return "Records" in event && event.Records.some((record) => "messageId" in record);
}
