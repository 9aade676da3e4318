import type { ObjectStore } from "#lib/contract/objects.ts";

/** A line of `accepted.ndjson`. */
export interface AcceptedLine {
  readonly row: string;
  readonly part?: string;
  readonly outcome: "accepted" | "already-done";
  readonly entry: "person" | "secret";
  readonly reason?: string;
  readonly externalId?: string;
  readonly userId?: string;
}

/** Bytes that are read at once, and lines that are returned at most. */
const pageBytes = 256 * 1024;
const pageLines = 200;

/**
 * Lines from a place on, in bytes. `next` is absent behind the last line.
 *
 * @param object `accepted.ndjson` of an import that has any lines.
 */
export async function acceptedLines(
  objects: ObjectStore,
  object: { readonly bucket: string; readonly key: string },
  after: number,
): Promise<{ readonly lines: readonly AcceptedLine[]; readonly next?: number }> {
  // One byte before it is read along, since a range that begins at the end of an object is refused.
  const start = Math.max(0, after - 1);
  const pieces = await Array.fromAsync(await objects.read(object, { start, end: start + pageBytes }));
  const bytes = Buffer.concat(pieces);
  const isEnd = bytes.length < pageBytes;
  const lines: AcceptedLine[] = [];
  let at = after - start;
  while (lines.length < pageLines) {
    const end = bytes.indexOf(lineFeed, at);
    if (end === -1) break;
    lines.push(JSON.parse(bytes.toString("utf8", at, end)) as AcceptedLine);
    at = end + 1;
  }
  return isEnd && at >= bytes.length ? { lines } : { lines, next: start + at };
}

const lineFeed = 10;
