/** A place where a proof looks, in the names of the source's definition: several ones are alternatives, with `or` between them. */
export type ProofPlace = `${"header" | "query" | "body" | "claim"} ${string}` | "body" | "path";

/**
 * Why a proof failed, and what would have had to differ for the delivery to be accepted. Only what the source's definition says, and by
 * how much a time is wrong: never a value of the delivery, of the secret, or a signature that would have been right.
 */
export interface ProofDiffers {
  "proof-missing": { readonly place: ProofPlace };
  /** `form`: how it has to be written, e.g. `hex behind sha256=`. */
  "proof-malformed": { readonly place: ProofPlace; readonly form: string };
  /** `covers`: what is signed, e.g. `{timestamp}.{body}`; absent for a secret that is only shown. */
  "proof-mismatch": { readonly place: ProofPlace; readonly covers?: string };
  "timestamp-missing": { readonly place: ProofPlace };
  "timestamp-malformed": { readonly place: ProofPlace; readonly form: string };
  "timestamp-stale": Off;
  "timestamp-early": Off;
  "algorithm-refused": { readonly place: ProofPlace; readonly form: string };
  "key-unknown": { readonly place: ProofPlace };
  "issuer-mismatch": { readonly place: ProofPlace };
  "audience-mismatch": { readonly place: ProofPlace };
  /** What is missing is in the secret, not in the delivery. */
  "secret-empty": Readonly<Record<never, never>>;
}

/** A time that is too far from ours. */
interface Off {
  readonly place: ProofPlace;
  /** By how many seconds it is older, or earlier, than the time of receipt. */
  readonly seconds: number;
  readonly toleranceSeconds: number;
}

/** Constant texts for the log; a sender sees 401, or what its standard wants (`refuse` of a source). */
export type ProofFailure = keyof ProofDiffers;
