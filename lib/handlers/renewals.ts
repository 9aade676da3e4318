import type { Context } from "aws-lambda";
import { InboundError } from "#lib/contract/errors.ts";
import { renewSubscriptions, type RenewPorts } from "#lib/pipeline/renew.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** What the schedule sends, each hour. */
export interface RenewMessage {
  readonly kind: "renew-subscriptions";
}

/** Time kept back at the end of an invocation to write what a source has answered, in milliseconds. */
const reserveMilliseconds = 3_000;

/**
 * A Lambda handler that a schedule invokes beside its own events: renews the subscriptions of sources.
 *
 * @param handle what the function does with every other event.
 * @throws InboundError `unavailable` `subscription-not-renewed` where one of them failed, so that Lambda tries again and the alarm rings.
 */
export function withRenewals<Event extends object, Answer>(
  handle: (event: Event, context: Context) => Promise<Answer>,
  open: () => RenewPorts,
): (event: Event | RenewMessage, context: Context) => Promise<Answer | { renewed: true }> {
  const renew = lambdaHandler<RenewMessage, RenewPorts, { renewed: true }>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds })],
    async (_, { ports, deadline }) => {
      const failed = await renewSubscriptions(ports, deadline);
      if (failed.length > 0) throw new InboundError("unavailable", "subscription-not-renewed");
      return { renewed: true };
    },
  );
  return (event, context) => (isRenewal(event) ? renew(event, context) : handle(event, context));
}

function isRenewal(event: object): event is RenewMessage {
  return "kind" in event && event.kind === "renew-subscriptions";
}
