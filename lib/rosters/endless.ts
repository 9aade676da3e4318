import { hash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";

/** More pages than any source has: 100,000 departments with people of their own. */
const maxPages = 100_000;

/** Where a walk over pages was some time ago; it moves on in steps that double (Brent's algorithm). */
export interface CursorMark {
  readonly digest: string;
  readonly power: number;
  readonly steps: number;
}

/**
 * Finds cursors that repeat, with one mark in place of all cursors: a run goes on in another process.
 *
 * @param pages how many pages were read until now.
 * @throws InboundError `malformed` `source-list-endless`: the list has no end.
 */
export function markAfter(mark: CursorMark | undefined, cursor: string, pages: number): CursorMark {
  const digest = hash("sha256", cursor, "base64url").slice(0, 22);
  if (digest === mark?.digest || pages >= maxPages) {
    throw new InboundError("malformed", "source-list-endless");
  }
  if (!mark) return { digest, power: 1, steps: 0 };
  const steps = mark.steps + 1;
  return steps < mark.power ? { ...mark, steps } : { digest, power: mark.power * 2, steps: 0 };
}
