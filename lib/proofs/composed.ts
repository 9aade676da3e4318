import type { ImmediateProof, Proof, ProofResult, SignedRequest } from "#lib/contract/proof.ts";

// For senders that one proof does not describe.

/**
 * Several proofs of one delivery, each of which has to hold: for a sender that shows two secrets. What was said is what the first one
 * hands back; the others are of the kind that hands the body back as it came, and sign what the first one has made.
 */
export function allOf<Secret>(
  name: string,
  proofs: readonly [ImmediateProof<Secret>, ...ImmediateProof<Secret>[]],
): ImmediateProof<Secret>;
export function allOf<Secret>(
  name: string,
  proofs: readonly [Proof<Secret>, ...Proof<Secret>[]],
): Proof<Secret>;
export function allOf<Secret>(
  name: string,
  proofs: readonly [Proof<Secret>, ...Proof<Secret>[]],
): Proof<Secret> {
  return {
    name,
    coversBody: proofs.some(({ coversBody }) => coversBody),
    refusesStale: proofs.some(({ refusesStale }) => refusesStale),
    proofParameters: proofs.flatMap(({ proofParameters = [] }) => proofParameters),
    ...(proofs.some(({ readsPathToken }) => readsPathToken) && { readsPathToken: true }),
    verify(delivery, secret) {
      // Each one is asked: the answer takes as long for a delivery with one right secret as for one with none.
      const results = proofs.map((proof) => proof.verify(delivery, secret));
      const verdict = (all: readonly ProofResult[]) => all.find(({ ok }) => !ok) ?? (all[0] as ProofResult);
      const isAwaited = results.some((result) => result instanceof Promise);
      return isAwaited ? Promise.all(results).then(verdict) : verdict(results as ProofResult[]);
    },
    sign(body, secret, at, signer) {
      const signed: SignedRequest[] = [];
      for (const proof of proofs) signed.push(proof.sign(signed.at(-1)?.body ?? body, secret, at, signer));
      const query = Object.assign({}, ...signed.map((each) => each.query)) as Record<string, string>;
      return {
        ...(Object.assign({}, ...signed) as SignedRequest),
        headers: Object.assign({}, ...signed.map(({ headers }) => headers)) as Record<string, string>,
        ...(Object.keys(query).length > 0 && { query }),
      };
    },
  };
}

/** For a sender that proves itself in one way with GET and in another with every other method. */
export function byMethod<Secret>(
  name: string,
  { get, post }: Readonly<Record<"get" | "post", ImmediateProof<Secret>>>,
): ImmediateProof<Secret> {
  const proofOf = (method: string | undefined) => (method === "GET" ? get : post);
  return {
    name,
    coversBody: get.coversBody && post.coversBody,
    refusesStale: get.refusesStale && post.refusesStale,
    proofParameters: [get, post].flatMap(({ proofParameters = [] }) => proofParameters),
    ...((get.readsPathToken ?? post.readsPathToken) && { readsPathToken: true }),
    verify: (delivery, secret) => proofOf(delivery.method).verify(delivery, secret),
    sign: (body, secret, at) => proofOf(at.method).sign(body, secret, at),
  };
}
