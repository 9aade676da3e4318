import { createHmac } from "node:crypto";
import * as z from "zod/mini";
import type { SecretReader } from "#lib/contract/secrets.ts";

/**
 * The secret `digests`: the key of the digests of fields. The stack generates it, and one machine makes it with its store; no person
 * needs it. With another key every field differs from what was told, once.
 */
const DigestsSecret = z.object({ key: z.string().check(z.minLength(16)) });

/** 48 bits: of a million changed values, none looks unchanged in 280,000,000 cases of 280,000,001. */
const digestBytes = 6;
/** The length of a digest. */
export const digestLength = 8;

/** The digest of the value of a field of one person. */
export type FieldDigest = (field: string, value: unknown) => string;

/**
 * Makes the digests of fields: HMAC-SHA-256, cut to 48 bits, in base64url. Source, person and field are part of what is digested, so that
 * equal values of two people look different: the ledger does not tell who has the same gender or city.
 *
 * @throws InboundError `misconfigured` or `unavailable`, where the secret `digests` cannot be read.
 */
export async function fieldDigests(
  secrets: Pick<SecretReader, "read">,
): Promise<(source: string, subject: string) => FieldDigest> {
  const [{ key }] = await secrets.read("digests", DigestsSecret);
  return (source, subject) => (field, value) =>
    createHmac("sha256", key)
      .update(JSON.stringify([source, subject, field]))
      .update(canonical(value))
      .digest()
      .subarray(0, digestBytes)
      .toString("base64url");
}

/** JSON that does not depend on the order of keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  ) ?? "";
