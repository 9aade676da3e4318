import { Readable } from "node:stream";
import yauzl from "yauzl";
import { InboundError } from "#lib/contract/errors.ts";
import type { FileSource } from "./file-source.ts";

/** One file of a zip archive. */
export interface ZipEntry {
  /** Its path in the archive, as the archive writes it. */
  readonly path: string;
  /** Bytes, expanded, as the archive states them; yauzl refuses content of any other length. */
  readonly size: number;
  /** Its content, expanded. Throws `malformed` `file-damaged`. */
  bytes(): AsyncGenerator<Uint8Array, void>;
}

/** The most entries that are looked at: a workbook has some dozens. */
const maxEntries = 10_000;

/**
 * The files of a zip archive; folders are left out. It reads the directory at the archive's end, and the content only when it is asked for.
 *
 * @throws InboundError `malformed` `file-damaged`, `file-is-encrypted`; `oversized` `too-many-entries`.
 */
export async function zipEntries(file: Pick<FileSource, "size" | "bytes">): Promise<ZipEntry[]> {
  const archive = await open(file);
  const entries: ZipEntry[] = [];
  try {
    for await (const entry of archive.eachEntry()) {
      if (entries.length >= maxEntries) throw new InboundError("oversized", "too-many-entries");
      if (entry.fileName.endsWith("/")) continue;
      if (entry.isEncrypted()) {
        throw new InboundError("malformed", "file-is-encrypted", {
          hint: "save it without a password and upload it again",
        });
      }
      entries.push({
        path: entry.fileName,
        size: entry.uncompressedSize,
        bytes: () => contentOf(archive, entry),
      });
    }
  } catch (error) {
    throw damaged(error);
  }
  return entries;
}

/** Reads an archive anywhere: the directory is at its end. */
class SourceReader extends yauzl.RandomAccessReader {
  readonly #file: Pick<FileSource, "bytes">;
  constructor(file: Pick<FileSource, "bytes">) {
    super();
    this.#file = file;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#file.bytes({ start, end }), { objectMode: false });
  }
}

async function open(file: Pick<FileSource, "size" | "bytes">): Promise<yauzl.ZipFile> {
  try {
    return await yauzl.fromRandomAccessReaderPromise(new SourceReader(file), file.size, {
      lazyEntries: true,
      autoClose: false,
    });
  } catch (error) {
    throw damaged(error);
  }
}

async function* contentOf(archive: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Uint8Array, void> {
  try {
    yield* await archive.openReadStreamPromise(entry);
  } catch (error) {
    throw damaged(error);
  }
}

/** yauzl and zlib say what is wrong with a file in messages that may quote it. */
function damaged(error: unknown): InboundError {
  if (error instanceof InboundError) return error;
  return new InboundError("malformed", "file-damaged", { hint: "export the file again and upload it" });
}
