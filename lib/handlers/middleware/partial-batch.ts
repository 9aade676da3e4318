import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { Middleware } from "#lib/handlers/lambda-handler.ts";

/**
 * Makes Lambda's partial batch answer of the records that the work could not finish: SQS delivers these again and deletes
 * the others. The event source mapping has to say `ReportBatchItemFailures` (infra/aws/functions.ts).
 */
export function partialBatch(): Middleware<unknown> {
  return {
    after(request) {
      const unfinished = request.response as readonly SQSRecord[];
      request.response = {
        batchItemFailures: unfinished.map(({ messageId }) => ({ itemIdentifier: messageId })),
      } satisfies SQSBatchResponse;
    },
  };
}
