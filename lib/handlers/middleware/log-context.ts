import type { Log } from "#lib/contract/log.ts";
import type { Middleware } from "#lib/handlers/lambda-handler.ts";

/**
 * Tells the log which invocation its lines belong to, and which one was a cold start: the first of this process. The log
 * counts cold starts (`ColdStart`). Comes after `openPorts`.
 */
export function logContext(): Middleware<{ readonly log: Log }> {
  let isColdStart = true;
  return {
    before({ context }) {
      context.ports.log.begin?.(context.awsRequestId, isColdStart);
      isColdStart = false;
    },
  };
}
