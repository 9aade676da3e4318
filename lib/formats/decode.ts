import { InboundError } from "#lib/contract/errors.ts";

/** What a file in UTF-8 may begin with. Anywhere else it is a character like any other. */
export const byteOrderMark = "\uFEFF";

/** How many bytes of a file a text was. */
export const byteLength = (text: string): number => Buffer.byteLength(text);

/**
 * The one place where bytes become text: UTF-8, strictly, whatever pieces it comes in. A byte order mark is left where it is, so
 * that text counts as many bytes as it was made of.
 *
 * @throws InboundError `malformed` `text-not-utf-8` with the line.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = 1;
  for await (const piece of bytes) {
    const text = decoded(
      () => decoder.decode(piece, { stream: true }),
      () => line + soundLines(piece),
    );
    line += lineEnds(text);
    if (text !== "") yield text;
  }
  const rest = decoded(
    () => decoder.decode(),
    () => line,
  );
  if (rest !== "") yield rest;
}

function decoded(decode: () => string, line: () => number): string {
  try {
    return decode();
  } catch {
    throw new InboundError("malformed", "text-not-utf-8", {
      path: `line ${line()}`,
      hint: "save the file as UTF-8 (in Excel: CSV UTF-8) and upload it again",
    });
  }
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** How many lines of a piece that does not decode stand before the one that is at fault. */
function soundLines(piece: Uint8Array): number {
  let count = 0;
  // What continues a character of the piece before is not at fault.
  let start = Math.max(
    0,
    piece.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80),
  );
  for (;;) {
    const end = piece.indexOf(0x0a, start);
    if (end === -1) return count;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(piece.subarray(start, end));
    } catch {
      return count;
    }
    count += 1;
    start = end + 1;
  }
}
