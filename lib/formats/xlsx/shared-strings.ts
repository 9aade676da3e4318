import { maxCellLength } from "#lib/formats/format.ts";
import type { Archive } from "./archive.ts";
import { unescaped } from "./cell-values.ts";
import { tooLarge } from "./refusals.ts";
import { readWholeXml, type XmlElements } from "./xml.ts";

/** Bytes in UTF-8, and eight of each text for where it is. */
const maxBytes = 64 * 1024 ** 2;
/** What is read is kept in blocks: one buffer that grows would be there twice whenever it does. */
const blockBytes = 1024 ** 2;
const textsInBlock = 65_536;

/** The texts that the cells of a workbook share, by their number; `undefined` for a number that no text has. */
export type SharedStrings = (index: number) => string | undefined;

/**
 * Reads the shared texts into blocks of bytes: a third of the memory of as many strings, and none of the XML stays alive.
 *
 * @throws InboundError `oversized` beyond 64 MiB, `malformed`.
 */
export async function readSharedStrings(archive: Archive, part: string | undefined): Promise<SharedStrings> {
  const blocks: Buffer[] = [];
  /** Where each text begins, counted over all blocks, and how long it is. */
  const places: Uint32Array[] = [];
  let count = 0;
  let end = 0;
  const keep = (text: string) => {
    const length = Buffer.byteLength(text);
    // No text lies in two blocks.
    if ((end % blockBytes) + length > blockBytes) end = blocks.length * blockBytes;
    if (end + length + 8 * count > maxBytes) throw tooLarge("shared strings", "64 MiB of texts");
    if (end + length > blocks.length * blockBytes) blocks.push(Buffer.allocUnsafeSlow(blockBytes));
    if (count % textsInBlock === 0) places.push(new Uint32Array(2 * textsInBlock));
    if (length > 0) blocks.at(-1)?.write(text, end % blockBytes);
    places.at(-1)?.set([end, length], 2 * (count % textsInBlock));
    end += length;
    count += 1;
  };
  const run = textOfRuns();
  if (part !== undefined) {
    await readWholeXml(
      archive.read(part, "shared strings"),
      { sst: { children: { si: { children: run.elements, close: () => keep(run.take()) } } } },
      "shared strings",
    );
  }
  return (index) => {
    if (index >= count) return undefined;
    const [begin = 0, length = 0] = (places[Math.floor(index / textsInBlock)] as Uint32Array).subarray(
      2 * (index % textsInBlock),
    );
    if (length === 0) return "";
    const start = begin % blockBytes;
    return blocks[Math.floor(begin / blockBytes)]?.toString("utf8", start, start + length);
  };
}

/** An escape takes seven units for one. */
const maxEscapedLength = 7 * maxCellLength;

/**
 * Collects a text that may be written in runs of different fonts; how it is pronounced, `rPh`, is left out. Longer than a cell may
 * be, it is cut one unit later, so that its cell is still known to be too long.
 */
export function textOfRuns(): { readonly elements: XmlElements; take(): string } {
  let collected = "";
  const t = {
    text(text: string) {
      if (collected.length <= maxEscapedLength) collected += text;
    },
  };
  return {
    elements: { t, r: { children: { t } } },
    take() {
      if (collected === "") return "";
      const text = unescaped(collected).slice(0, maxCellLength + 1);
      collected = "";
      return text;
    },
  };
}
