import { InboundError } from "#lib/contract/errors.ts";

/** A file in UTF-8 may begin with it. Anywhere else it is an ordinary character. */
export const byteOrderMark = "\uFEFF";

/** How many bytes a text has in UTF-8. */
export const byteLength = (text: string): number => Buffer.byteLength(text);

/**
 * Decodes UTF-8 strictly, from pieces of any size: the only place where the bytes of a file become text. A byte order mark stays
 * in the text, so that `byteLength` of the text is the number of bytes that were read.
 *
 * @throws InboundError `malformed` `text-not-utf-8`; `path` is the line.
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

/** How many lines of a piece that is not UTF-8 come before its first invalid line. */
function soundLines(piece: Uint8Array): number {
  let count = 0;
  // Bytes that continue a character of the piece before are valid.
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
