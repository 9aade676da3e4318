import { InboundError } from "#lib/contract/errors.ts";
import { text, type Encoded } from "./encode.ts";
import type { Read } from "./read.ts";

/** Authing documents no limit for `externalId`. Beyond this, an id is a mistake rather than an id. */
export const maxExternalIdLength = 255;

/**
 * The source's id of a person, as Authing knows it, in the form in which it is compared (`cleanIdentifier`).
 *
 * @throws InboundError `malformed` with the path, for an id that is there and cannot be used: `external-id-too-long`,
 *   `external-id-invalid`, `external-id-ambiguous`. Cut off or corrected by a guess, it could be another person's id; without it, the person
 *   would be taken for the one who has the same address.
 */
export function externalId(read: Read): Encoded {
  const encoded = text("externalId", read, { maxLength: maxExternalIdLength });
  if (encoded.problem === undefined) return encoded;
  throw new InboundError("malformed", encoded.problem.replace("text", "external-id"), { path: read.path });
}
