import { InboundError } from "#lib/contract/errors.ts";
import type { ProofPlace } from "#lib/contract/proof-differs.ts";
import type { Delivery, ImmediateProof, SignedRequest } from "#lib/contract/proof.ts";
import { countSame } from "#lib/constant-time.ts";
import { digestsOnce } from "./once-per-secret.ts";
import { refused, secretEmpty } from "./refused.ts";

export interface ShownSecret<Secret> {
  readonly place: ProofPlace;
  /** The values of which each is taken; the first one signs. None: the secret verifies nothing. */
  valuesOf(secret: Secret): readonly string[];
  /** What a delivery shows, empty where it shows nothing; `undefined` where it shows more than one. */
  given(delivery: Delivery): string | undefined;
  /** The part of a request that shows a value. */
  shown(value: string): Omit<SignedRequest, "body" | "headers"> & Partial<Pick<SignedRequest, "headers">>;
}

/**
 * Proves a delivery by a secret that it shows, compared in constant time. It says who speaks and nothing about the body: a person who
 * sees one delivery can forge another one.
 */
export function shownSecret<Secret>({
  place,
  valuesOf,
  given,
  shown,
}: ShownSecret<Secret>): Omit<ImmediateProof<Secret>, "name"> {
  const digests = digestsOnce(valuesOf);
  return {
    coversBody: false,
    refusesStale: false,
    verify(delivery, secret) {
      const accepted = digests(secret);
      if (accepted.length === 0) return secretEmpty;
      const value = given(delivery);
      if (value === undefined) return refused("proof-malformed", { place, form: "once" });
      // Whatever is given, even nothing, is compared.
      const matches = countSame(accepted, value);
      if (value === "") return refused("proof-missing", { place });
      return matches > 0 ? { ok: true, payload: delivery.body } : refused("proof-mismatch", { place });
    },
    sign(body, secret) {
      const [value] = valuesOf(secret);
      if (value === undefined) throw new InboundError("misconfigured", "secret-empty");
      return { headers: {}, ...shown(value), body };
    },
  };
}
