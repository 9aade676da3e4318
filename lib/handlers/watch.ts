import type { ScheduledEvent } from "aws-lambda";
import { watchDeliveries, type SilencePorts } from "#lib/watch/deliveries.ts";
import { watchFields, type FieldsPorts } from "#lib/watch/filled-days.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** Time kept back at the end of an invocation to write the counts and what they say, in milliseconds. */
const reserveMilliseconds = 60_000;

/** The Lambda handler that a schedule invokes each quarter of an hour: which sources are silent. */
export function watchSilence(open: () => SilencePorts) {
  return lambdaHandler<ScheduledEvent, SilencePorts, { silent: string[] }>(
    [openPorts(open), logContext()],
    async (_, { ports }) => ({ silent: await watchDeliveries(ports) }),
  );
}

/** The Lambda handler that a schedule invokes once a day: which fields are no longer filled. */
export function watchFilledFields(open: () => FieldsPorts) {
  return lambdaHandler<ScheduledEvent, FieldsPorts, { missing: number }>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds })],
    (_, { ports, deadline }) => watchFields(ports, deadline),
  );
}
