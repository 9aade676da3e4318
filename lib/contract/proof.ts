import type { ProofDiffers, ProofFailure } from "./proof-differs.ts";

// What a source proves, and how. At run time this file imports nothing.

/** One HTTP request from a source, as it came. */
export interface Delivery {
  readonly method: string;
  /** Names in lower case; repeated headers joined with a comma, as API Gateway does. */
  readonly headers: Readonly<Record<string, string>>;
  /** What follows the `?`, byte for byte; empty where there is none. */
  readonly rawQuery: string;
  /** The same, parsed. */
  readonly query: URLSearchParams;
  /** What follows `/webhooks/<source>/` in the path. Only routed for a proof that reads it (`readsPathToken`). */
  readonly pathToken?: string;
  /** The raw bytes. */
  readonly body: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** A signed request as a sender would make it: what `sign` returns, `verify` accepts. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The last segment of the path, for a proof that reads it. */
  readonly pathToken?: string;
  readonly body: Uint8Array;
}

/** What a sender knows of the request it signs, beside its body. */
export interface Signing {
  /** When it signs, in milliseconds since 1970. */
  readonly now: number;
  /** The id of the delivery, for proofs that cover one. */
  readonly id: string;
  /** The request's method, for a proof that depends on it. Absent: `POST`. */
  readonly method?: string;
  /** The request's own headers (names in lower case) and query parameters, for proofs that cover some of them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

export type ProofResult =
  | {
      readonly ok: true;
      /** What was said: the body, decrypted where the sender encrypts. */
      readonly payload: Uint8Array;
      /** When the sender says it sent this, in milliseconds since 1970, where the proof covers such a time. */
      readonly sentAt?: number;
      /** The sender's id of this delivery, where the proof covers one. */
      readonly deliveryId?: string;
    }
  | RefusedProof;

/** A proof that did not hold. A proof of `lib/proofs` says what differs; one of an operator's own may leave it out. */
export type RefusedProof = {
  [Reason in ProofFailure]: {
    readonly ok: false;
    readonly reason: Reason;
    readonly differs?: ProofDiffers[Reason];
  };
}[ProofFailure];

/** How a source shows who it is. What `sign` returns, `verify` accepts. */
export interface Proof<Secret> {
  /** What the explanation of an event calls it, e.g. `hmac-sha256`. */
  readonly name: string;
  /** Whether the proof covers the bytes of the body; a static secret does not. */
  readonly coversBody: boolean;
  /** Whether a delivery that is older than the tolerance is refused. */
  readonly refusesStale: boolean;
  /**
   * Query parameters that prove and say nothing: signatures, secrets, nonces. They are taken out of the query once the proof
   * held, so that none of them is read by `split` or kept.
   */
  readonly proofParameters?: readonly string[];
  /** Whether the secret is the last segment of the path: `/webhooks/<source>/<pathToken>` is routed for this source only then. */
  readonly readsPathToken?: boolean;
  /**
   * A promise only where keys have to be fetched or the algorithm has no synchronous form: everything else answers at once.
   * Throws `unavailable` when the proof cannot be checked now, so that the sender retries.
   */
  verify(delivery: Delivery, secret: Secret): ProofResult | Promise<ProofResult>;
  /**
   * Makes the request a sender would make with this body: for tests, samples, `npm run send` and the ping of `npm run doctor`.
   * `signer` is what only the sender has, such as a private key (`fixtures/signer.json` of a source). Throws `misconfigured`
   * `signer-missing` where the secret alone cannot sign.
   */
  sign(body: Uint8Array, secret: Secret, at: Signing, signer?: unknown): SignedRequest;
}

/** A proof that needs nothing but the secret, and so answers at once. */
export interface ImmediateProof<Secret> extends Proof<Secret> {
  verify(delivery: Delivery, secret: Secret): ProofResult;
}
