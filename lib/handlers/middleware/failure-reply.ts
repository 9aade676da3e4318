import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { failureOf } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Middleware } from "#lib/handlers/lambda-handler.ts";

/**
 * Answers 503 where the function fails, so that the sender delivers again: the failure is ours, not the sender's. Comes
 * before all others, since it answers their failures too.
 */
export function failureReply(): Middleware<{ readonly log: Log }> {
  return {
    onError(request) {
      request.response = {
        statusCode: 503,
        headers: { "retry-after": "30" },
      } satisfies APIGatewayProxyStructuredResultV2;
      const failure = failureOf(request.error);
      // Ports that cannot be opened include the log. Lambda takes a line of JSON with a level as it is.
      const ports = request.context.ports as { readonly log: Log } | undefined;
      if (ports) ports.log.error("delivery not taken", failure, { DeliveriesFailed: 1 });
      else
        process.stderr.write(
          `${JSON.stringify({ level: "ERROR", message: "ports not opened", ...failure })}\n`,
        );
    },
  };
}
