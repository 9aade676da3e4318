import middy from "@middy/core";
import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import {
  operate,
  OperationRequest,
  type OperationPorts,
  type OperationResult,
} from "#lib/operations/operate.ts";
import { explain, ExplainRequest, type ExplainPorts } from "#lib/operations/explain.ts";
import type { EventRecord } from "#lib/contract/ledger.ts";
import { InboundError } from "#lib/contract/errors.ts";

/** Time kept back at the end of an invocation, in milliseconds. */
const reserveMilliseconds = 3_000;

/**
 * The Lambda handler of operations, invoked by whoever may invoke it: `{"operation": "list", "kind": "dead"}`,
 * `{"operation": "redrive", "dryRun": true}`, `{"operation": "release" | "discard", "source": "bamboohr"}`,
 * `{"operation": "explain", "externalId": "10010"}`, `{"operation": "explain", "event": "okta/…"}`.
 */
export function operations(ports: () => OperationPorts & ExplainPorts) {
  let opened: (OperationPorts & ExplainPorts) | undefined;
  return middy<unknown, readonly OperationResult[] | readonly EventRecord[]>({
    timeoutEarlyInMillis: 0,
  }).handler(async (event, context: Context) => {
    const request = z.safeParse(z.union([OperationRequest, ExplainRequest]), event);
    if (!request.success) {
      throw new InboundError("malformed", "operation-unknown", {
        hint: "list (kind: dead or held), redrive (dryRun), release or discard (source), explain (externalId or event)",
      });
    }
    opened ??= ports();
    if (request.data.operation === "explain") return explain(request.data, opened);
    const deadline = opened.clock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds;
    return operate(request.data, opened, { owner: context.awsRequestId, deadline });
  });
}
