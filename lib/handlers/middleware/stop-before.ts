import type { Clock } from "#lib/contract/clock.ts";
import type { Middleware } from "#lib/handlers/lambda-handler.ts";

/**
 * Puts the invocation's `deadline` on its context: when Lambda will end it, less a reserve to record what was done. Comes
 * after `openPorts`, since the deadline is read off the ports' clock.
 */
export function stopBefore({ reserveMilliseconds }: { readonly reserveMilliseconds: number }): Middleware<{
  readonly clock: Pick<Clock, "now">;
}> {
  return {
    before({ context }) {
      context.deadline = context.ports.clock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds;
    },
  };
}
