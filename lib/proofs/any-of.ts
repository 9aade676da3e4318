import type { ImmediateProof, RefusedProof } from "#lib/contract/proof.ts";
import { secretEmpty } from "./refused.ts";

// For a vendor that sends in two ways, each with a proof of its own, to one address: e.g. signed hooks and webhooks with a static header.

export interface AnyOfSettings<Secret> {
  /** What the explanation of an event calls it, e.g. `signature or static-header`. */
  readonly name: string;
  /** In the order in which they are tried. A proof that the secret has no value for verifies nothing. */
  readonly proofs: readonly [ImmediateProof<Secret>, ...ImmediateProof<Secret>[]];
  /** Which of the proofs the sender gives with this body, for `sign`. */
  proofOf(body: Uint8Array): ImmediateProof<Secret>;
}

/**
 * A proof by any one of several: it holds where one of them holds, so that it promises no more than the weakest. A refusal is that of the
 * first proof that the delivery tried to give.
 */
export function anyOf<Secret>({ name, proofs, proofOf }: AnyOfSettings<Secret>): ImmediateProof<Secret> {
  const proofParameters = proofs.flatMap((proof) => proof.proofParameters ?? []);
  return {
    name,
    coversBody: proofs.every(({ coversBody }) => coversBody),
    refusesStale: proofs.every(({ refusesStale }) => refusesStale),
    ...(proofParameters.length > 0 && { proofParameters }),
    ...(proofs.some(({ readsPathToken }) => readsPathToken) && { readsPathToken: true }),
    verify(delivery, secret) {
      const results = proofs.map((proof) => proof.verify(delivery, secret));
      const isTried = ({ reason }: RefusedProof) => reason !== "proof-missing" && reason !== "secret-empty";
      const refusals = results.filter((result) => !result.ok);
      return (
        results.find(({ ok }) => ok) ??
        refusals.find(isTried) ??
        refusals.find(({ reason }) => reason === "proof-missing") ??
        secretEmpty
      );
    },
    sign: (body, secret, at, signer) => proofOf(body).sign(body, secret, at, signer),
  };
}
