import { createHash, randomUUID } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";

interface StoredObject {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly versionId: string;
}

/** The bucket on a laptop: objects in memory, each at its newest version. */
export interface LocalObjects extends ObjectStore {
  put(key: string, bytes: Buffer, contentType: string): ObjectReference;
  get(key: string): StoredObject | undefined;
  keys(prefix: string): string[];
}

export const localBucket = "local";
/** An object is read in parts of this many bytes, as S3 delivers it in parts. */
const partBytes = 64 * 1024;

export function localObjects(): LocalObjects {
  const objects = new Map<string, StoredObject>();

  const put: LocalObjects["put"] = (key, bytes, contentType) => {
    const etag = createHash("md5").update(bytes).digest("hex");
    const versionId = randomUUID();
    objects.set(key, { bytes, contentType, etag, versionId });
    return { bucket: localBucket, key, versionId, etag, size: bytes.length };
  };

  return {
    put,
    get: (key) => objects.get(key),
    keys: (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
    async read({ key, versionId }, range) {
      const object = objects.get(key);
      if (!object || (versionId !== undefined && object.versionId !== versionId)) {
        throw new InboundError("malformed", "object-missing", { path: key });
      }
      return partsOf(object.bytes.subarray(range?.start, range?.end));
    },
    async remove({ key, versionId }) {
      if (versionId === undefined || objects.get(key)?.versionId === versionId) objects.delete(key);
    },
    async write({ key, contentType }, parts) {
      const chunks: Uint8Array[] = [];
      for await (const part of parts) chunks.push(part);
      const { versionId } = put(key, Buffer.concat(chunks), contentType);
      return versionId === undefined ? {} : { versionId };
    },
  };
}

async function* partsOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += partBytes)
    yield bytes.subarray(start, start + partBytes);
}
