/**
 * Why something could not go on. An adjective each; whether it helps to try again is derived from it, once, here.
 *
 * - `unverified`: the speaker did not prove who it is. Never again with the same bytes.
 * - `malformed`: what was said cannot be understood. Never again with today's code.
 * - `oversized`: more than we take. Never again.
 * - `misconfigured`: a setting or a secret of ours is missing or wrong. After a person has mended it.
 * - `unavailable`: something we depend on does not answer now. Soon again.
 */
export type ErrorCode = "unverified" | "malformed" | "oversized" | "misconfigured" | "unavailable";

/**
 * The one error of this code base. `reason` is a constant text in kebab-case, `path` a place in the input, `hint` what to
 * do next; none of them ever holds a value that somebody sent, so each may be logged.
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

  /** Whether the same input may succeed later, without anybody changing it. */
  get retryable(): boolean {
    return this.code === "unavailable" || this.code === "misconfigured";
  }
}
