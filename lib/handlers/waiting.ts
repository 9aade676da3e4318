import type { ScheduledEvent } from "aws-lambda";
import type { Clock } from "#lib/contract/clock.ts";
import type { Log } from "#lib/contract/log.ts";
import { bringBackDue, type WaitingRoomPorts } from "#lib/pipeline/waiting.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** Time kept back at the end of an invocation, in milliseconds: the messages of one round are still written. */
const reserveMilliseconds = 10_000;

export interface WaitingPorts extends WaitingRoomPorts {
  readonly clock: Clock;
  readonly log: Log;
}

/** The Lambda handler that a schedule invokes each minute: puts what is due back into the queue of events. */
export function waiting(open: () => WaitingPorts) {
  return lambdaHandler<ScheduledEvent, WaitingPorts, { broughtBack: number }>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds })],
    async (_, { ports, deadline }) => {
      const broughtBack = await bringBackDue(ports, deadline);
      if (broughtBack > 0) ports.log.info("events brought back", { events: broughtBack });
      return { broughtBack };
    },
  );
}
