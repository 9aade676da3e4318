import { InboundError } from "#lib/contract/errors.ts";
import { plainText, text, type Encoded } from "./encode.ts";
import type { Read } from "./read.ts";

/** Authing documents no limit for `externalId`. Beyond this, an id is a mistake rather than an id. */
export const maxExternalIdLength = 255;

/**
 * The source's id of a person, as Authing knows it.
 *
 * @throws InboundError `malformed` with the path: `external-id-too-long`, since cut off it would be another person's;
 *   `external-id-unusable` for an id that is there and no text. Left out, a weaker identifier would decide who is meant.
 */
export function externalId(read: Read): Encoded {
  const { length } = plainText(read.value) ?? "";
  if (length > maxExternalIdLength) {
    throw new InboundError("malformed", "external-id-too-long", { path: read.path });
  }
  const id = text("externalId", read);
  if (id.problem !== undefined) {
    throw new InboundError("malformed", "external-id-unusable", { path: read.path });
  }
  return id;
}
