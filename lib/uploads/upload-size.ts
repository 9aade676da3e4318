import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";

/** The largest file that is accepted, in bytes. */
export const maxUploadBytes = 2 * 1024 ** 3;

/** Refuses a file by the size that its notification states, before a byte is read. Throws `oversized` `file-too-large`. */
export function refuseOversized({ size = 0 }: Pick<ObjectReference, "size">): void {
  if (size > maxUploadBytes) throw tooLarge();
}

/**
 * Passes the bytes of a file on, and stops at the limit: a notification need not state a size.
 *
 * @throws InboundError `oversized` `file-too-large` in place of the first piece that reaches beyond the limit.
 */
export async function* withinSizeLimit(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    if (total > maxUploadBytes) throw tooLarge();
    yield piece;
  }
}

function tooLarge(): InboundError {
  return new InboundError("oversized", "file-too-large", { hint: "split it into files of at most 2 GiB" });
}
