import { pipeline, Readable } from "node:stream";
import { callbackify } from "node:util";
import { crc32, createInflateRaw } from "node:zlib";
import yauzl from "yauzl";
import { InboundError } from "#lib/contract/errors.ts";
import type { FileSource } from "./file-source.ts";

/** One file of a zip archive. */
export interface ZipEntry {
  /** Its path in the archive, as the archive writes it. */
  readonly path: string;
  /** Bytes, expanded, as the archive states them; content of any other length is refused. */
  readonly size: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** Its content, expanded, in pieces of at most 64 KiB, with its length and CRC checked. Throws `malformed` `file-damaged`. */
  bytes(): AsyncGenerator<Uint8Array, void>;
}

/** A file that can be read anywhere. */
type ZipSource = Pick<FileSource, "size" | "bytes">;

/** The most entries that are looked at: a workbook has some dozens. */
const maxEntries = 10_000;
/** Bytes of the directory: names, extra fields and comments, which are held in memory. */
const maxDirectoryBytes = 16 * 1024 ** 2;
const pieceBytes = 64 * 1024;

/**
 * The files of a zip archive; folders are left out. It reads the directory at the archive's end, and the content only when it is asked for.
 *
 * @throws InboundError `malformed` `file-damaged`, `file-is-encrypted`; `oversized` `too-many-entries`.
 */
export async function zipEntries(file: ZipSource): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  await sound(async () => {
    const archive = await yauzl.fromRandomAccessReaderPromise(new WindowReader(file), file.size, {
      autoClose: false,
    });
    let directoryBytes = 0;
    for await (const entry of archive.eachEntry()) {
      directoryBytes += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
      if (entries.length >= maxEntries || directoryBytes > maxDirectoryBytes) {
        throw new InboundError("oversized", "too-many-entries", {
          hint: `upload the file itself; an archive may hold at most ${maxEntries} files`,
        });
      }
      if (entry.fileName.endsWith("/")) continue;
      if (entry.isEncrypted()) {
        throw new InboundError("malformed", "file-is-encrypted", {
          hint: "save it without a password and upload it again",
        });
      }
      entries.push({
        path: entry.fileName,
        size: entry.uncompressedSize,
        packedSize: entry.compressedSize,
        bytes: () => contentOf(file, archive, entry),
      });
    }
  });
  return entries;
}

async function* contentOf(
  file: ZipSource,
  archive: yauzl.ZipFile,
  entry: yauzl.Entry,
): AsyncGenerator<Uint8Array, void> {
  const { compressionMethod, compressedSize, uncompressedSize } = entry;
  if (compressionMethod !== 0 && compressionMethod !== 8) throw damaged();
  const header = await sound(() => archive.readLocalFileHeaderPromise(entry, { minimal: true }));
  const start = header.fileDataStart;
  let size = 0;
  // Deflate has no checksum of its own, and yauzl does not compare the archive's.
  let checksum = 0;
  if (compressedSize > 0) {
    const packed = file.bytes({ start, end: start + compressedSize });
    try {
      for await (const bytes of compressionMethod === 8 ? inflated(packed) : packed) {
        size += bytes.length;
        if (size > uncompressedSize) throw damaged();
        checksum = crc32(bytes, checksum);
        for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
      }
    } catch (error) {
      const isOfZlib = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
      throw isOfZlib ? damaged() : error;
    }
  }
  if (size !== uncompressedSize || checksum !== entry.crc32) throw damaged();
}

function inflated(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: pieceBytes });
  // A failure on either side reaches the reader of `inflate`, and a reader that stops closes both.
  pipeline(Readable.from(packed, { objectMode: false }), inflate, () => {});
  return inflate;
}

/** yauzl says what is wrong in plain errors, whose messages may quote the file. */
async function sound<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof InboundError ? error : damaged();
  }
}

const damaged = () =>
  new InboundError("malformed", "file-damaged", { hint: "export the file again and upload it" });

/** yauzl reads some bytes at a time, forwards. A request of storage takes milliseconds, so they are served from a window. */
class WindowReader extends yauzl.RandomAccessReader {
  readonly #file: ZipSource;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(file: ZipSource) {
    super();
    this.#file = file;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    const copy = async () => {
      await this.#load(position, length);
      const from = position - this.#start;
      return from < 0 ? 0 : this.#window.copy(buffer, offset, from, from + length);
    };
    callbackify(copy)(callback);
  }

  async #load(position: number, length: number): Promise<void> {
    const isLoaded = position >= this.#start && position + length <= this.#start + this.#window.length;
    if (isLoaded || position >= this.#file.size) return;
    const end = Math.min(position + Math.max(length, pieceBytes), this.#file.size);
    this.#window = Buffer.concat(await Array.fromAsync(this.#file.bytes({ start: position, end })));
    this.#start = position;
  }
}
