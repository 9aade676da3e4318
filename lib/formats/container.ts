import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InboundError } from "#lib/contract/errors.ts";
import type { ByteRange } from "#lib/contract/objects.ts";
import { headOf, type FileSource } from "./file-source.ts";
import { zipEntries } from "./zip.ts";

/** The largest file inside a container, in bytes. */
const maxUnpackedBytes = 2 * 1024 ** 3;
/** The largest file inside a container that can be read from its end, as a workbook must be: it is held in memory. */
const maxHeldBytes = 64 * 1024 ** 2;

/**
 * A file out of its container: gzip, or a zip of one file. What is in no container is returned as it is. A container is unpacked once to its
 * end, so that one that is damaged or too large is refused before its first row is read.
 *
 * @throws InboundError `malformed` `file-damaged`, `container-in-container`, `zip-holds-several-files`; `oversized` `file-too-large`.
 */
export async function unpacked(file: FileSource): Promise<FileSource> {
  const inner = await contentOf(file);
  if (!inner) return file;
  if (await contentOf(inner)) {
    throw new InboundError("malformed", "container-in-container", {
      hint: "unpack it and upload the file inside",
    });
  }
  return inner;
}

async function contentOf(file: FileSource): Promise<FileSource | undefined> {
  const magic = (await headOf(file.bytes(), 4)).toString("latin1");
  if (magic.startsWith("\x1f\x8b"))
    return opened(file.name.replace(/\.(?:gz|gzip)$/i, ""), () => gunzipped(file));
  if (!["PK\x03\x04", "PK\x05\x06"].includes(magic)) return undefined;
  const entries = await zipEntries(file);
  const isOffice = entries.some(({ path }) => path === "[Content_Types].xml" || path === "mimetype");
  if (isOffice) return undefined;
  // Archives made by macOS hold a second file for each one.
  const [entry, ...others] = entries.filter(({ path }) => !/(?:^|\/)(?:__MACOSX\/|\.)/.test(path));
  if (!entry)
    throw new InboundError("malformed", "file-is-empty", { hint: "upload a file with at least one row" });
  if (others.length > 0) {
    throw new InboundError("malformed", "zip-holds-several-files", { hint: "upload each file by itself" });
  }
  return opened(entry.path, () => entry.bytes());
}

/** Counts the bytes once, which also shows damage anywhere. */
async function opened(name: string, all: () => AsyncIterable<Uint8Array>): Promise<FileSource> {
  let size = 0;
  for await (const piece of all()) {
    size += piece.length;
    if (size > maxUnpackedBytes) throw tooLarge("2 GiB, unpacked");
  }
  let held: Promise<Buffer> | undefined;
  const bytes = async function* (range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    if (!range) return yield* all();
    if (size > maxHeldBytes)
      throw tooLarge("64 MiB, unpacked, where a workbook or an archive is in a container");
    held ??= Array.fromAsync(all()).then((pieces) => Buffer.concat(pieces));
    yield (await held).subarray(range.start, range.end);
  };
  return { name, size, bytes };
}

async function* gunzipped(file: FileSource): AsyncGenerator<Uint8Array, void> {
  // Pieces of 128 KiB halve the cost of zlib's usual 16 KiB.
  const gunzip = createGunzip({ chunkSize: 131_072 });
  const done = pipeline(Readable.from(file.bytes(), { objectMode: false }), gunzip);
  // The loop below throws it.
  done.catch(() => {});
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
    await done;
  } catch (error) {
    if (error instanceof InboundError) throw error;
    throw new InboundError("malformed", "file-damaged", { hint: "export the file again and upload it" });
  }
}

function tooLarge(limit: string): InboundError {
  return new InboundError("oversized", "file-too-large", {
    hint: `split it: a file may have at most ${limit}`,
  });
}
