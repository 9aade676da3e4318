import type { Failure } from "#lib/authing/failures.ts";
import type { Outcome } from "#lib/contract/outcome.ts";

/**
 * The refusal of a record as an outcome: Authing's codes, never its words, since they may hold values; or, where nothing was
 * sent, the first of our own rules that it breaks.
 */
export function rejection(failure: Failure): Outcome {
  const [problem] = failure.problems ?? [];
  if (problem) {
    const { path, code } = problem;
    const field = path.replace(/^list\[\d+\]\.?/, "");
    return { kind: "rejected", reason: code, ...(field !== "" && { field }) };
  }
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
