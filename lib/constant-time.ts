import { hash, timingSafeEqual } from "node:crypto";

// The one place where secrets, signatures and digests are compared: how long it takes tells nothing about what they hold.
// test/architecture/constant-time.test.ts sees to it that no other file of the proofs and of the encrypted file formats compares them.

/** Whether two digests or signatures are the same. Their length is no secret: what is of another length is another one. */
export function isSameDigest(expected: string | Uint8Array, given: string | Uint8Array): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether two secrets are the same. Their digests are compared, which are of one length: that of a secret is not told either. */
export function isSameSecret(expected: string | Uint8Array, given: string | Uint8Array): boolean {
  return timingSafeEqual(digestOf(expected), digestOf(given));
}

/** How many of these digests (`digestsOnce`) are the one of a given secret. Every one is compared: there is no early way out. */
export function countSame(accepted: readonly Uint8Array[], given: string): number {
  const digest = digestOf(given);
  return accepted.filter((each) => timingSafeEqual(each, digest)).length;
}

/** What `countSame` compares. */
export function digestOf(value: string | Uint8Array): Uint8Array {
  return hash("sha256", value, "buffer");
}
