import { maxCellLength } from "#lib/formats/format.ts";
import type { Archive } from "./archive.ts";
import { unescaped } from "./cell-values.ts";
import { tooLarge } from "./refusals.ts";
import { readWholeXml, type XmlElements } from "./xml.ts";

/** Bytes in UTF-8, and eight of each text for where it is. */
const maxBytes = 64 * 1024 ** 2;

/** The texts that the cells of a workbook share, by their number; `undefined` for a number that no text has. */
export type SharedStrings = (index: number) => string | undefined;

/**
 * Reads the shared texts into one block of bytes: a third of the memory of as many strings, and none of the XML stays alive.
 *
 * @throws InboundError `oversized` beyond 64 MiB, `malformed`.
 */
export async function readSharedStrings(archive: Archive, part: string | undefined): Promise<SharedStrings> {
  let bytes = Buffer.alloc(0);
  const ends: number[] = [];
  let end = 0;
  const keep = (text: string) => {
    const length = Buffer.byteLength(text);
    if (end + length + 8 * ends.length > maxBytes) throw tooLarge("shared strings", "64 MiB of texts");
    if (end + length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(64 * 1024, 2 * (end + length)));
      bytes.copy(larger);
      bytes = larger;
    }
    end += bytes.write(text, end);
    ends.push(end);
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
    const to = ends[index];
    return to === undefined ? undefined : bytes.toString("utf8", index === 0 ? 0 : ends[index - 1], to);
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
      const text = unescaped(collected).slice(0, maxCellLength + 1);
      collected = "";
      return text;
    },
  };
}
