import * as z from "zod/mini";
import { operate, OperationRequest, type OperationResult } from "#lib/operations/operate.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import { explain, ExplainRequest, type ExplainedEvent, type ExplainPorts } from "#lib/operations/explain.ts";
import { refused, RefusedRequest, type RefusedPorts, type RefusedReport } from "#lib/operations/refused.ts";
import type { PersonRecord } from "#lib/contract/ledger.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";
import { stopBefore } from "./middleware/stop-before.ts";

/** Time kept back at the end of an invocation to record the last outcome, in milliseconds. */
const reserveMilliseconds = 3_000;

type Ports = ApplyPorts & ExplainPorts & RefusedPorts;
type Answer =
  | readonly OperationResult[]
  | readonly ExplainedEvent[]
  | readonly PersonRecord[]
  | readonly RefusedReport[];

/**
 * The Lambda handler of operations, invoked by operators who have the right: what lib/operations takes, e.g.
 * `{"operation": "list", "kind": "dead"}`, `{"operation": "redrive", "dryRun": true}`, `{"operation": "release", "id": "…", "as": "same"}`,
 * `{"operation": "pause", "source": "okta"}`, `{"operation": "explain", "externalId": "10010"}`, `{"operation": "person", "externalId": "10010"}`,
 * `{"operation": "refused", "source": "okta"}`. Throws `malformed` for any other.
 */
export function operations(open: () => Ports) {
  return lambdaHandler<unknown, Ports, Answer>(
    [openPorts(open), logContext(), stopBefore({ reserveMilliseconds })],
    async (event, { ports, awsRequestId: owner, deadline }) => {
      const request = requestOf(event);
      if (request.operation === "refused") return refused(request, ports, { deadline });
      return request.operation === "explain" || request.operation === "person"
        ? explain(request, ports)
        : operate(request, ports, { owner, deadline });
    },
  );
}

function requestOf(event: unknown): OperationRequest | ExplainRequest | RefusedRequest {
  const request = z.safeParse(z.union([OperationRequest, ExplainRequest, RefusedRequest]), event);
  if (request.success) return request.data;
  throw new InboundError("malformed", "operation-unknown", {
    hint: "list (kind: dead, held, rejected or waiting), redrive (dryRun), release (as: same) or discard, each with source or id; pause or resume (source); explain (externalId or event); person (externalId); refused (source, since)",
  });
}
