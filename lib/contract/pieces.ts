/** Yields pieces of exactly `size` bytes and returns the rest, which is shorter (and may be empty). */
export async function* cutInto(
  size: number,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, Uint8Array> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts) {
    let rest = part;
    while (bytes + rest.length >= size) {
      const head = rest.subarray(0, size - bytes);
      yield Buffer.concat([...waiting, head]);
      rest = rest.subarray(head.length);
      waiting = [];
      bytes = 0;
    }
    if (rest.length > 0) waiting.push(rest);
    bytes += rest.length;
  }
  return Buffer.concat(waiting);
}
