import { InboundError } from "#lib/contract/errors.ts";
import { plainText, text, type Encoded } from "./encode.ts";
import type { Read } from "./read.ts";

/** Authing documents no limit for `externalId`. Beyond this, an id is a mistake rather than an id. */
export const maxExternalIdLength = 255;

/**
 * The source's id of a person, as Authing knows it.
 *
 * @throws InboundError `malformed` `external-id-too-long` with the path: cut off, an id would be another person's.
 */
export function externalId(read: Read): Encoded {
  const { length } = plainText(read.value) ?? "";
  if (length > maxExternalIdLength) {
    throw new InboundError("malformed", "external-id-too-long", { path: read.path });
  }
  return text("externalId", read);
}
