import type { Context } from "aws-lambda";
import type { Log } from "#lib/contract/log.ts";
import type { EventQueue } from "#lib/contract/queue.ts";
import type { Receiver } from "#lib/contract/source.ts";
import { take } from "#lib/pipeline/take.ts";
import { invokedDelivery } from "#lib/pipeline/verified-delivery.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { failureReply } from "./middleware/failure-reply.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";

export interface TriggerPorts {
  readonly events: EventQueue;
  readonly log: Log;
}

/**
 * AWS waits 5 s for the answer, a cold start included, and then asks again, three times in all
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html).
 */
const answerMilliseconds = 3500;

/**
 * The Lambda handler of a source that AWS itself invokes while a person waits, e.g. for the end of a sign-up. It always answers in time with
 * what it was given, unchanged, and never fails: our troubles must not keep a person out. What could not be queued by then is said in the
 * log as an error, and counted (`DeliveriesFailed`, which raises an alarm).
 */
export function trigger(
  source: Pick<Receiver, "name" | "proof" | "split" | "trigger">,
  open: () => TriggerPorts,
  milliseconds = answerMilliseconds,
) {
  const work = lambdaHandler<unknown, TriggerPorts, unknown>(
    [failureReply(), openPorts(open), logContext()],
    async (event, { ports }) => {
      const delivery = invokedDelivery(source, event, Date.now());
      if (!delivery || (await inTime(take(source, delivery, ports), milliseconds))) return;
      ports.log.error(
        "delivery not taken",
        { source: source.name, reason: "trigger-late" },
        { DeliveriesFailed: 1 },
      );
    },
  );
  return async <Event>(event: Event, context: Context): Promise<Event> => {
    await work(event, context).catch(() => {});
    return event;
  };
}

/** Whether the work has ended by then. Throws as the work does; its failure after that is lost. */
async function inTime(work: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const ended = work.then(() => true);
  ended.catch(() => {});
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}
