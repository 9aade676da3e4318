import type { ProofDiffers, ProofFailure, ProofPlace } from "#lib/contract/proof-differs.ts";
import type { RefusedProof } from "#lib/contract/proof.ts";

/** A proof that did not hold, and what would have had to differ. The only place where the proofs of this folder make one. */
export function refused<Reason extends ProofFailure>(
  reason: Reason,
  differs: ProofDiffers[Reason],
): RefusedProof {
  return { ok: false, reason, differs } as RefusedProof;
}

/** A secret that can verify nothing: no delivery is accepted. */
export const secretEmpty = refused("secret-empty", {});

/** The place with these names, of which any one will do: `header webhook-id or svix-id`. */
export function placeOf(
  kind: "header" | "query" | "body" | "claim",
  names: string | readonly string[],
): ProofPlace {
  return `${kind} ${[names].flat().join(" or ")}`;
}

/** How far two times, in milliseconds, are apart, in whole seconds, rounded up: what is above a tolerance reads as above it. */
export function secondsBetween(earlier: number, later: number): number {
  return Math.ceil((later - earlier) / 1000);
}
