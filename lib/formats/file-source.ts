import type { ByteRange } from "#lib/contract/objects.ts";

/** A file as it is stored, maybe packed. */
export interface FileSource {
  /** The object's key, or any name with an extension. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes, or a range of them, from the beginning each time it is called. */
  bytes(range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** How many bytes of a file its kind is detected by. */
const headBytes = 65_536;

/** The first bytes of a file: at most `length`. */
export async function headOf(bytes: AsyncIterable<Uint8Array>, length = headBytes): Promise<Buffer> {
  const seen: Uint8Array[] = [];
  let total = 0;
  for await (const piece of bytes) {
    seen.push(piece);
    total += piece.length;
    if (total >= length) break;
  }
  return Buffer.concat(seen).subarray(0, length);
}
