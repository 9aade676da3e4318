import type { Failure } from "#lib/authing/failures.ts";
import type { Outcome } from "#lib/contract/outcome.ts";

/** A refusal of Authing as an outcome: its codes, never its words, since they may hold values. */
export function rejection(failure: Failure): Outcome {
  const { kind, field, requestId, statusCode, apiCode } = failure;
  return {
    kind: "rejected",
    reason: kind === "duplicate" ? "conflict" : kind,
    ...(field !== undefined && { field }),
    ...(requestId !== undefined && { requestId }),
    ...(statusCode !== undefined && { statusCode }),
    ...(apiCode !== undefined && { apiCode }),
  };
}
