import type { ProofFailure, ProofResult } from "#lib/contract/source.ts";

/** A proof that did not hold. */
export function refused(reason: ProofFailure): ProofResult {
  return { ok: false, reason };
}
