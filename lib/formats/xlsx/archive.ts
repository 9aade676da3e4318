import { InboundError } from "#lib/contract/errors.ts";
import type { OpenFile } from "#lib/formats/format.ts";
import { zipEntries, type ZipEntry } from "#lib/formats/zip.ts";
import { damaged, tooLarge } from "./refusals.ts";

/** Of all parts that are read, together. */
const maxExpandedBytes = 512 * 1024 ** 2;
/** How many bytes one byte may become, once a part is large. Sheets of repeated rows reach 100. */
const maxRatio = 200;
const ratioFromBytes = 10 * 1024 ** 2;

/** The parts of a workbook, which are the files of a zip. */
export interface Archive {
  has(name: string): boolean;
  /**
   * The bytes of a part.
   *
   * @param path what a refusal calls the part.
   * @throws InboundError `malformed` when it is missing or damaged, `oversized` beyond the limits.
   */
  read(name: string, path: string): AsyncIterable<Uint8Array>;
}

/** Reads the list of parts. Throws `malformed` when it is no sound zip, `oversized` for too many parts. */
export async function openArchive(file: OpenFile): Promise<Archive> {
  const entries = new Map<string, ZipEntry>();
  const repeated = new Set<string>();
  for (const entry of await zipEntries(file)) {
    // Names of parts differ by more than case (ECMA-376 part 2, 6.2.2.3).
    const name = entry.path.toLowerCase();
    if (entries.has(name)) repeated.add(name);
    else entries.set(name, entry);
  }
  let expandedBytes = 0;
  return {
    has: (name) => entries.has(name.toLowerCase()),
    read(name, path) {
      const entry = entries.get(name.toLowerCase());
      if (!entry) throw new InboundError("malformed", "workbook-part-missing", { path });
      // Readers differ in which of two they take.
      if (repeated.has(name.toLowerCase())) throw damaged(path);
      expandedBytes += entry.size;
      if (expandedBytes > maxExpandedBytes) throw tooLarge(path, "512 MiB unpacked");
      if (entry.size > ratioFromBytes && entry.size > maxRatio * entry.packedSize) {
        throw tooLarge(path, `${maxRatio} times its packed size`);
      }
      return entry.bytes();
    },
  };
}
