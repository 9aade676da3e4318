import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectReference, ObjectStore } from "#lib/contract/objects.ts";

/** A bucket whose objects are files of a folder, in one version each. */
export function folderObjects(folder: string): ObjectStore {
  const pathOf = ({ key }: Pick<ObjectReference, "key">) => join(folder, ...key.split("/"));
  return {
    async read(object, range) {
      const file = await open(pathOf(object)).catch(() => {
        throw new InboundError("malformed", "object-missing");
      });
      return createReadStream("", {
        fd: file,
        ...(range && { start: range.start, end: range.end - 1 }),
      }) as AsyncIterable<Uint8Array>;
    },
    async write({ key }, parts) {
      await mkdir(dirname(pathOf({ key })), { recursive: true });
      const unfinished = `${pathOf({ key })}.${process.pid}`;
      await writeFile(unfinished, parts);
      await rename(unfinished, pathOf({ key }));
      return {};
    },
    remove: (object) => rm(pathOf(object), { force: true }),
  };
}
