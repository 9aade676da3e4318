import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";
import { refuseOversized } from "#lib/uploads/upload-size.ts";

/** A file of the operator, and which version of it is meant. */
export interface DiskFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of its bytes, in hex. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/**
 * Reads a file once, for its hash.
 *
 * @throws InboundError `malformed` `file-missing` where there is no such file; `oversized` `file-too-large`.
 */
export async function diskFile(path: string): Promise<DiskFile> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new InboundError("malformed", "file-missing", { path, hint: "name a file that you can read" });
  }
  const { size, mtimeMs: modifiedAt } = found;
  refuseOversized({ size });
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return { path, size, hash: hash.digest("hex"), modifiedAt };
}

/**
 * A bucket in which a file of the operator is one of the objects, without a copy. The file is only read: removing it does nothing. Reading it
 * throws `malformed` `file-changed` once it is another one than `diskFile` has seen.
 */
export function withDiskFile(objects: ObjectStore, key: string, file: DiskFile): ObjectStore {
  return {
    async read(object, range) {
      if (object.key !== key) return objects.read(object, range);
      const found = await stat(file.path).catch(() => undefined);
      if (found?.size !== file.size || found.mtimeMs !== file.modifiedAt) {
        throw new InboundError("malformed", "file-changed", {
          hint: "start again with the file as it is now",
        });
      }
      return createReadStream(file.path, range && { start: range.start, end: range.end - 1 });
    },
    write: (target, parts) => objects.write(target, parts),
    async remove(object) {
      if (object.key !== key) await objects.remove(object);
    },
  };
}
