import { Readable, pipeline } from "node:stream";
import { callbackify } from "node:util";
import { crc32, createInflateRaw } from "node:zlib";
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from "yauzl";
import { InboundError } from "#lib/contract/errors.ts";
import type { OpenFile } from "#lib/formats/format.ts";
import { damaged, tooLarge } from "./refusals.ts";

/** A workbook of a person has some twenty. */
const maxEntries = 10_000;
/** Bytes of the list of entries: their names, extra fields and comments. */
const maxListBytes = 16 * 1024 ** 2;
/** Of all parts that are read, together. */
const maxExpandedBytes = 512 * 1024 ** 2;
/** How many bytes one byte may become, once a part is large. Sheets of repeated rows reach 100. */
const maxRatio = 200;
const ratioFromBytes = 10 * 1024 ** 2;
/** Also bounds the text that a parser gets at once. */
const pieceBytes = 64 * 1024;

/** The parts of a workbook, which are the files of a zip. */
export interface Archive {
  has(name: string): boolean;
  /**
   * The bytes of a part, checked against its size and CRC.
   *
   * @param path what a refusal calls the part.
   * @throws InboundError `malformed` when it is missing or damaged, `oversized` beyond the limits.
   */
  read(name: string, path: string): AsyncGenerator<Uint8Array, void>;
}

/** Reads the list of entries. Throws `malformed` when it is no sound zip, `oversized` beyond the limits. */
export async function openArchive(file: OpenFile): Promise<Archive> {
  const entries = new Map<string, Entry>();
  const repeated = new Set<string>();
  const zip = await sound("zip", async () => {
    const opened = await fromRandomAccessReaderPromise(new WindowReader(file), file.size, {
      autoClose: false,
    });
    if (opened.entryCount > maxEntries) throw tooLarge("zip", `${maxEntries} entries`);
    let listBytes = 0;
    for await (const entry of opened.eachEntry()) {
      listBytes += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
      if (listBytes > maxListBytes) throw tooLarge("zip", "16 MiB for the names of entries");
      // Names of parts differ by more than case (ECMA-376 part 2, 6.2.2.3).
      const name = entry.fileName.toLowerCase();
      if (entries.has(name)) repeated.add(name);
      else entries.set(name, entry);
    }
    return opened;
  });
  let expandedBytes = 0;
  return {
    has: (name) => entries.has(name.toLowerCase()),
    async *read(name, path) {
      const entry = entries.get(name.toLowerCase());
      if (!entry) throw new InboundError("malformed", "workbook-part-missing", { path });
      // Readers differ in which of two they take.
      if (repeated.has(name.toLowerCase())) throw damaged(path);
      if (entry.isEncrypted()) {
        throw new InboundError("malformed", "workbook-encrypted", {
          path,
          hint: "save it without a password and upload that",
        });
      }
      expandedBytes += entry.uncompressedSize;
      if (expandedBytes > maxExpandedBytes) throw tooLarge(path, "512 MiB unpacked");
      if (
        entry.uncompressedSize > ratioFromBytes &&
        entry.uncompressedSize > maxRatio * entry.compressedSize
      ) {
        throw tooLarge(path, `${maxRatio} times its packed size`);
      }
      yield* unpacked(file, zip, entry, path);
    },
  };
}

async function* unpacked(
  file: OpenFile,
  zip: ZipFile,
  entry: Entry,
  path: string,
): AsyncGenerator<Uint8Array, void> {
  const { compressionMethod, compressedSize, uncompressedSize } = entry;
  if (compressionMethod !== 0 && compressionMethod !== 8) throw damaged(path);
  const { fileDataStart } = await sound(path, () => zip.readLocalFileHeaderPromise(entry, { minimal: true }));
  let size = 0;
  let checksum = 0;
  if (compressedSize > 0) {
    const packed = file.bytes({ start: fileDataStart, end: fileDataStart + compressedSize });
    try {
      for await (const bytes of compressionMethod === 8 ? inflated(packed) : packed) {
        size += bytes.length;
        if (size > uncompressedSize) throw damaged(path);
        checksum = crc32(bytes, checksum);
        for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
      }
    } catch (error) {
      throw isOfZlib(error) ? damaged(path) : error;
    }
  }
  if (size !== uncompressedSize || checksum !== entry.crc32) throw damaged(path);
}

function inflated(packed: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const inflate = createInflateRaw({ chunkSize: pieceBytes });
  // A failure on either side reaches the reader of `inflate`, and a reader that stops closes both.
  pipeline(Readable.from(packed, { objectMode: false }), inflate, () => {});
  return inflate;
}

const isOfZlib = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("Z_");

/** yauzl's errors are plain ones, and storage's are ours. */
async function sound<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof InboundError ? error : damaged(path);
  }
}

/** yauzl reads some bytes at a time, forwards; each request of storage takes milliseconds, so it is served from a window. */
class WindowReader extends RandomAccessReader {
  readonly #file: OpenFile;
  #start = 0;
  #window: Buffer = Buffer.alloc(0);

  constructor(file: OpenFile) {
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
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#file.bytes({ start: position, end })) pieces.push(piece);
    this.#window = Buffer.concat(pieces);
    this.#start = position;
  }
}
