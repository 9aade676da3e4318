import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Clock } from "#lib/contract/clock.ts";
import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import { lambdaHandler, type Invocation } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { partialBatch } from "./middleware/partial-batch.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** Time kept back at the end of an invocation to write what was done, in milliseconds. */
const reserveMilliseconds = 10_000;

interface BatchPorts {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * Works on each message of a batch by itself. SQS retries a message that is not done or that fails; it deletes the others.
 *
 * @param failed what the log says of a message that fails.
 */
export function batchHandler<Ports extends BatchPorts>(
  open: () => Ports,
  work: (message: unknown, invocation: Invocation<Ports>) => Promise<boolean>,
  failed: string,
) {
  return lambdaHandler<SQSEvent, Ports, SQSRecord[], SQSBatchResponse>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds }), partialBatch()],
    async ({ Records }, invocation) => {
      const unfinished: SQSRecord[] = [];
      for (const record of Records) {
        try {
          if (await work(parse(record.body), invocation)) continue;
        } catch (error) {
          invocation.ports.log.error(failed, { reason: reasonOf(error) });
        }
        unfinished.push(record);
      }
      return unfinished;
    },
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InboundError("malformed", "notification-malformed");
  }
}
