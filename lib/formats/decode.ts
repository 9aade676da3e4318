import type { Encoding } from "#lib/contract/encodings.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { byteOrderMark, decodeWindows1252, decoderOf } from "./decoder.ts";

/** Measured: TextDecoder takes twice the time for each byte of a piece of 256 KiB. */
const partLength = 65_536;

/**
 * Decodes the bytes of a file strictly, in pieces of any size: the only place where they become text. A byte order mark is removed.
 *
 * @throws InboundError `malformed` `text-not-<encoding>`; `path` is the line of the first byte that is wrong.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string, void> {
  const decoder = decoderOf(encoding);
  const lines = lineCounter();
  let isBeginning = true;
  for await (const { part, isLineStart } of partsOf(bytes, encoding)) {
    let text: string;
    try {
      text = decoder.decode(part);
    } catch {
      if (isLineStart) lines.count(soundBeginning(part, encoding));
      throw textRefused(encoding, `line ${lines.current()}`);
    }
    if (text === "") continue;
    lines.count(text);
    if (isBeginning && text.startsWith(byteOrderMark)) text = text.slice(1);
    isBeginning = false;
    if (text !== "") yield text;
  }
  try {
    decoder.end();
  } catch {
    throw textRefused(encoding, `line ${lines.current()}`);
  }
}

/** The first characters of a file, without its byte order mark; the bytes may end within one. What is wrong there is replaced, not refused. */
export function decodeHead(head: Uint8Array, encoding: Encoding): string {
  if (encoding === "windows-1252") return decodeWindows1252(head, "\uFFFD");
  return new TextDecoder(encoding).decode(head, { stream: true });
}

/** The error for bytes that are no text of an encoding. */
export function textRefused(
  encoding: Encoding,
  path: string,
  hint = "save it as UTF-8 (in Excel: CSV UTF-8), or set uploads.encoding in inbound.config.ts, and upload it again",
): InboundError {
  const name = encoding === "shift_jis" ? "shift-jis" : encoding;
  return new InboundError("malformed", `text-not-${name}`, { path, hint });
}

/** Counts the lines of a text that comes in pieces; they end with LF, CRLF or CR. */
function lineCounter() {
  let line = 1;
  let endsWithReturn = false;
  return {
    count(text: string): void {
      if (text === "") return;
      // The CR before it, which ended the piece before, counted.
      if (endsWithReturn && text.startsWith("\n")) line -= 1;
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) line += 1;
      for (let at = text.indexOf("\r"); at !== -1; at = text.indexOf("\r", at + 1)) {
        if (text.charCodeAt(at + 1) !== 0x0a) line += 1;
      }
      endsWithReturn = text.endsWith("\r");
    },
    /** The line that the next character is on. */
    current: () => line,
  };
}

/**
 * Cuts pieces where their first line starts, and to the length that is decoded best. Where a line starts, a character does: an error
 * behind that place is found without the bytes before it, and who reads lines has nothing left of the part before it.
 */
async function* partsOf(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<{ part: Uint8Array; isLineStart: boolean }, void> {
  const isUtf16 = encoding === "utf-16le" || encoding === "utf-16be";
  for await (const piece of isUtf16 ? evenPieces(bytes) : bytes) {
    for (let start = 0; start < piece.length; start += partLength) {
      const part = piece.subarray(start, start + partLength);
      const lineStart = firstLineStart(part, encoding);
      yield { part: part.subarray(0, lineStart), isLineStart: false };
      if (lineStart < part.length) yield { part: part.subarray(lineStart), isLineStart: true };
    }
  }
}

/**
 * Where the first line starts that starts within a part; its length when none does. No character of these encodings contains a
 * byte LF or CR other than these two, save those of UTF-16, whose bytes are read in pairs.
 */
function firstLineStart(part: Uint8Array, encoding: Encoding): number {
  if (encoding === "utf-16le" || encoding === "utf-16be") {
    const low = encoding === "utf-16be" ? 1 : 0;
    for (let at = 0; at + 1 < part.length; at += 2) {
      const byte = part[at + low];
      if (part[at + 1 - low] === 0 && (byte === 0x0a || byte === 0x0d)) return at + 2;
    }
    return part.length;
  }
  const feed = part.indexOf(0x0a);
  const carriageReturn = part.subarray(0, feed === -1 ? part.length : feed).indexOf(0x0d);
  if (carriageReturn !== -1) return carriageReturn + 1;
  return feed === -1 ? part.length : feed + 1;
}

/** The same bytes in pieces of an even length, but for the last one. */
async function* evenPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let odd: Uint8Array = new Uint8Array();
  for await (const next of bytes) {
    const piece = odd.length === 0 ? next : Buffer.concat([odd, next]);
    const end = piece.length - (piece.length % 2);
    if (end > 0) yield piece.subarray(0, end);
    odd = piece.subarray(end);
  }
  if (odd.length > 0) yield odd;
}

/** The text before the first byte that is wrong. `bytes` begin with a character. */
function soundBeginning(bytes: Uint8Array, encoding: Encoding): string {
  let sound = 0;
  let wrong = bytes.length;
  while (wrong - sound > 1) {
    const middle = (sound + wrong) >> 1;
    if (decodedPart(bytes.subarray(0, middle), encoding) === undefined) wrong = middle;
    else sound = middle;
  }
  return decodedPart(bytes.subarray(0, sound), encoding) ?? "";
}

function decodedPart(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return decoderOf(encoding).decode(bytes);
  } catch {
    return undefined;
  }
}
