import type { Proof } from "#lib/contract/source.ts";

export interface BySecretSettings<Secret> {
  /** What the explanation of an event calls it. */
  readonly name: string;
  readonly proofs: readonly [Proof<Secret>, ...Proof<Secret>[]];
  /** Which of the proofs the sender gives, by what the operator has stored: never by the delivery. */
  chosen(secret: Secret): Proof<Secret>;
}

/**
 * One of several proofs, for a sender that lets the operator choose how it proves itself. A delivery cannot choose: only the proof that the
 * secret is for is asked.
 */
export function bySecret<Secret>({ name, proofs, chosen }: BySecretSettings<Secret>): Proof<Secret> {
  return {
    name,
    coversBody: proofs.every(({ coversBody }) => coversBody),
    refusesStale: proofs.every(({ refusesStale }) => refusesStale),
    verify: (delivery, secret) => chosen(secret).verify(delivery, secret),
    sign: (body, secret, at, signer) => chosen(secret).sign(body, secret, at, signer),
  };
}
