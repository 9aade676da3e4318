/**
 * The kind of a failure. Whether a retry may succeed is derived from it, in this file only.
 *
 * - `unverified`: the sender did not prove its identity. A retry with the same bytes fails, too.
 * - `malformed`: the input cannot be understood. A retry with today's code fails, too.
 * - `oversized`: the input is larger than our limit. A retry fails, too.
 * - `misconfigured`: a setting or a secret of ours is missing or wrong. A retry succeeds once an operator has corrected it.
 * - `unavailable`: a service that we depend on does not answer now. A retry may soon succeed.
 */
export type ErrorCode = "unverified" | "malformed" | "oversized" | "misconfigured" | "unavailable";

/** What a log calls an error: our reason, or the name of an error of another's. */
export function reasonOf(error: unknown): string {
  if (error instanceof InboundError) return error.reason;
  return error instanceof Error ? error.name : "unknown";
}

/** What a log says of an error that kept a delivery from being taken. */
export function failureOf(error: unknown) {
  const { code = "unavailable", path } = error instanceof InboundError ? error : {};
  return { code, reason: reasonOf(error), path };
}

/**
 * The one error of this code base. `reason` is a constant text in kebab-case, `path` a place in the input, `hint` what to
 * do next; none of them ever holds a value of a payload or a file, so each may be logged.
 */
export class InboundError extends Error {
  override readonly name = "InboundError";
  readonly code: ErrorCode;
  readonly reason: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    reason: string,
    details: { path?: string; hint?: string; cause?: unknown } = {},
  ) {
    super(
      [`${code}: ${reason}`, details.path && `at ${details.path}`, details.hint].filter(Boolean).join("; "),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.reason = reason;
    this.path = details.path;
    this.hint = details.hint;
  }

  /** Whether the same input may succeed later. */
  get retryable(): boolean {
    return this.code === "unavailable" || this.code === "misconfigured";
  }
}
