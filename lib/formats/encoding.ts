import { isUtf8 } from "node:buffer";
import type { Encoding } from "#lib/contract/encodings.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { decodeHead, decodeText, textRefused } from "./decode.ts";
import { eastAsianScan, westernScan } from "./encoding-scans.ts";
import { headOf } from "./file-source.ts";

/** How an encoding was found. */
type EncodingReason =
  | "byte-order-mark"
  | "configured"
  | "utf-16-by-zeros"
  | "valid-utf-8"
  | "chinese-header"
  | "only-windows-1252";

export interface FoundEncoding {
  readonly encoding: Encoding;
  readonly why: EncodingReason;
}

/** In how many lines the names of columns are searched for. */
const headerLines = 20;

/**
 * Finds the encoding of a file, by the whole file and never by a single cell. In this order: its byte order mark, the configuration,
 * the zeros of UTF-16, whether all of it is UTF-8. GB18030 is valid for most bytes, `Müller` in windows-1252 reads as `M黮ler`, so it
 * is taken only where it gives a Chinese name of a column that is known; windows-1252 only where no East Asian encoding can be it.
 *
 * @param bytes the file, from its beginning each time it is called: up to four times.
 * @param settings `trustsBeginning`: a file whose first 64 KiB are UTF-8 is not read to its end.
 * @returns `undefined` for a binary file.
 * @throws InboundError `malformed`: `file-is-utf-32`; `encoding-ambiguous`, when several encodings give different texts; `text-not-utf-8`
 *   with `line N`, when none does.
 */
export async function findEncoding(
  bytes: () => AsyncIterable<Uint8Array>,
  {
    configured,
    trustsBeginning = false,
    knows,
  }: { configured?: Encoding; trustsBeginning?: boolean; knows(name: string): boolean },
): Promise<FoundEncoding | undefined> {
  const head = await headOf(bytes());
  const marked = markedEncoding(head);
  // A mark goes before the configuration: no text in another encoding begins with these bytes, and it would be read as garbage.
  if (marked !== undefined) return { encoding: marked, why: "byte-order-mark" };
  if (configured !== undefined) return { encoding: configured, why: "configured" };
  if (head.includes(0)) {
    const encoding = utf16ByZeros(head);
    if (encoding !== undefined) return { encoding, why: "utf-16-by-zeros" };
    if (!isTextWithZeros(head)) return undefined;
  }

  const isChinese = hasChineseHeader(head, knows);
  const isUnicode =
    trustsBeginning && !isChinese
      ? isUtf8(head.subarray(0, head.length - begunLength(head)))
      : await isUtf8Text(bytes());
  if (isUnicode && !isChinese) return { encoding: "utf-8", why: "valid-utf-8" };
  const readable = await encodingsOf(bytes());
  if (isUnicode) {
    if (!readable.includes("gb18030")) return { encoding: "utf-8", why: "valid-utf-8" };
    throw ambiguous(["utf-8", "gb18030"]);
  }
  if (isChinese && readable.includes("gb18030")) return { encoding: "gb18030", why: "chinese-header" };
  if (readable.length > 1) throw ambiguous(readable);
  const [only] = readable;
  if (only === "windows-1252") return { encoding: only, why: "only-windows-1252" };
  const path = await firstLineNotUtf8(bytes());
  throw only === undefined
    ? textRefused("utf-8", path)
    : textRefused("utf-8", path, `if it is in ${only}, ${setEncoding}; else save it as UTF-8`);
}

const setEncoding = "set uploads.encoding in inbound.config.ts";

function ambiguous(encodings: readonly Encoding[]): InboundError {
  return new InboundError("malformed", "encoding-ambiguous", {
    hint: `it can be read as ${encodings.join(" and as ")}: ${setEncoding} to the right one, or save it as UTF-8`,
  });
}

function markedEncoding(head: Uint8Array): Encoding | undefined {
  const [a, b, c, d] = head;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    throw new InboundError("malformed", "file-is-utf-32", {
      hint: "save it as UTF-8 (in Excel: CSV UTF-8) and upload it again",
    });
  }
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0x84 && b === 0x31 && c === 0x95 && d === 0x33) return "gb18030";
  return undefined;
}

/** Characters that no text of a table has: controls but the white space, unassigned and private ones. */
// oxlint-disable-next-line no-control-regex
const noText = /[\u0000-\u0008\u000E-\u001F\u007F-\u009F\uFFFD]|\p{Cn}|\p{Co}/u;

/**
 * UTF-16 without a mark: the zeros of its ASCII characters (delimiters, line ends, digits) are all in the upper byte. A zero among text that is
 * UTF-8 is a damaged character of it: read as UTF-16 it would be characters of Chinese.
 */
function utf16ByZeros(head: Uint8Array): Encoding | undefined {
  const zeros = [0, 0];
  for (let at = head.indexOf(0); at !== -1; at = head.indexOf(0, at + 1)) (zeros[at % 2] as number) += 1;
  if (zeros[0] !== 0 && zeros[1] !== 0) return undefined;
  const isFew = 4 * Math.max(...zeros) < head.length;
  if (isFew && isUtf8(head.subarray(0, head.length - begunLength(head)))) return undefined;
  const encoding = zeros[0] === 0 ? "utf-16le" : "utf-16be";
  return noText.test(decodeHead(head, encoding)) ? undefined : encoding;
}

/** Text in which single bytes are zero: whether it is text is told by all others. A run of zeros is the padding of a binary file. */
function isTextWithZeros(head: Uint8Array): boolean {
  for (let at = head.indexOf(0); at !== -1; at = head.indexOf(0, at + 2)) {
    if (head[at + 1] === 0) return false;
  }
  return !noText.test(decodeHead(head, "utf-8").replaceAll("\0", ""));
}

/** Whether the first lines, read as GB18030, hold the name of a column that is known and not written in ASCII. */
function hasChineseHeader(head: Uint8Array, knows: (name: string) => boolean): boolean {
  const lines = decodeHead(head, "gb18030").split(/\r\n|\n|\r/, headerLines);
  return lines.some((line) =>
    line
      .split(/[,;\t|"']/)
      .map((name) => name.trim())
      .some((name) => /[^\p{ASCII}]/u.test(name) && knows(name)),
  );
}

/** Whether a file is UTF-8 to its end. */
async function isUtf8Text(bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  // It is when each piece is that ends where a character ends.
  let begun: Uint8Array = new Uint8Array();
  for await (const next of bytes) {
    const piece = begun.length === 0 ? next : Buffer.concat([begun, next]);
    const end = piece.length - begunLength(piece);
    if (!isUtf8(piece.subarray(0, end))) return false;
    begun = piece.subarray(end);
  }
  return begun.length === 0;
}

/** How many bytes at the end are the beginning of a character of UTF-8: at most three. */
function begunLength(piece: Uint8Array): number {
  for (let length = 1; length <= 3 && length <= piece.length; length += 1) {
    const byte = piece[piece.length - length] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return length < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? length : 0;
  }
  return 0;
}

/** The place of the first byte that is not UTF-8. */
async function firstLineNotUtf8(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  try {
    for await (const text of decodeText(bytes, "utf-8")) void text;
  } catch (error) {
    if (error instanceof InboundError && error.path !== undefined) return error.path;
    throw error;
  }
  throw new TypeError("the file changed while it was read");
}

/** The encodings but UTF-8 and UTF-16 in which the whole file can be written. */
async function encodingsOf(bytes: AsyncIterable<Uint8Array>): Promise<readonly Encoding[]> {
  const scans = [
    ...(["gb18030", "big5", "shift_jis", "euc-kr", "euc-jp"] as const).map(eastAsianScan),
    westernScan(),
  ];
  for await (const piece of bytes) {
    for (let start = 0; start < piece.length; start += 65_536) {
      for (const scan of scans) scan.add(piece.subarray(start, start + 65_536));
    }
    if (!scans.some((scan) => scan.isPossible())) return [];
  }
  return scans.filter((scan) => scan.fits()).map(({ encoding }) => encoding);
}
