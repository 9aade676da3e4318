import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";

/** The largest file that is accepted, in bytes. */
export const maxUploadBytes = 256 * 1024 * 1024;

/** Refuses a file by the size that its notification states, before a byte is read. Throws `oversized` `file-too-large`. */
export function refuseOversized({ size = 0 }: Pick<ObjectReference, "size">): void {
  if (size > maxUploadBytes) throw tooLarge();
}

function tooLarge(): InboundError {
  return new InboundError("oversized", "file-too-large", { hint: "split it into files of at most 256 MiB" });
}
