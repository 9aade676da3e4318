import { InboundError } from "#lib/contract/errors.ts";
import type { Proof } from "#lib/contract/proof.ts";
import { secretEmpty } from "./refused.ts";

export interface BySecretSettings<Secret> {
  /** What the explanation of an event calls it, e.g. `hmac-sha256 or jwt`. */
  readonly name: string;
  /** Every proof that `proofOf` may choose. */
  readonly proofs: readonly [Proof<Secret>, ...Proof<Secret>[]];
  /** The proof that the operator has chosen by the fields of the secret; `undefined` where there is none. */
  proofOf(secret: Secret): Proof<Secret> | undefined;
}

/**
 * For a sender that can prove itself in several ways, of which the operator chooses one by what the secret holds. No other is taken: a
 * secret with a key never accepts a delivery that lacks a signature. It promises no more than the weakest of the proofs.
 */
export function bySecret<Secret>({ name, proofs, proofOf }: BySecretSettings<Secret>): Proof<Secret> {
  const proofParameters = proofs.flatMap((proof) => proof.proofParameters ?? []);
  return {
    name,
    coversBody: proofs.every(({ coversBody }) => coversBody),
    refusesStale: proofs.every(({ refusesStale }) => refusesStale),
    ...(proofParameters.length > 0 && { proofParameters }),
    ...(proofs.some(({ readsPathToken }) => readsPathToken) && { readsPathToken: true }),
    verify: (delivery, secret) => proofOf(secret)?.verify(delivery, secret) ?? secretEmpty,
    sign(body, secret, at, signer) {
      const proof = proofOf(secret);
      if (!proof) throw new InboundError("misconfigured", "secret-empty");
      return proof.sign(body, secret, at, signer);
    },
  };
}
