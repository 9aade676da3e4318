import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { ObjectStore } from "#lib/contract/objects.ts";

/** An object of the bucket that is written piece by piece, in bounded memory. It appears whole or not at all. */
export interface ObjectWriter {
  write(text: string | Uint8Array): Promise<void>;
  /** Resolves once the object is there. */
  end(): Promise<{ readonly versionId?: string }>;
  /** Gives the object up: it is not created. */
  abandon(): Promise<void>;
}

/** Begins an object. What goes wrong with it is thrown by the next `write`, or by `end`. */
export function openObject(
  objects: ObjectStore,
  target: { bucket: string; key: string; contentType: string },
): ObjectWriter {
  const stream = new PassThrough();
  const written = objects.write(target, stream);
  written.catch((error: Error) => stream.destroy(error));
  stream.on("error", () => {});
  return {
    async write(text) {
      if (stream.errored) throw stream.errored;
      if (text.length === 0) return;
      if (!stream.write(text)) await once(stream, "drain");
    },
    async end() {
      stream.end();
      return written;
    },
    async abandon() {
      stream.destroy(new Error("abandoned"));
      await written.catch(() => {});
    },
  };
}
