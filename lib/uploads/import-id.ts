import { createHash } from "node:crypto";
import { basename } from "node:path/posix";
import type { ObjectReference } from "#lib/contract/objects.ts";

/**
 * Names an import after its file and the version of that file: the file's name (letters, digits and `._-`, at most 80
 * characters), then 12 hexadecimal digits of a hash. The same version of an object always gives the same id.
 */
export function importIdOf({ bucket, key, versionId, etag }: ObjectReference): string {
  const version = createHash("sha256")
    .update(JSON.stringify([bucket, key, versionId ?? etag]))
    .digest("hex");
  // Whole characters: half of a surrogate pair cannot be part of a key.
  const name = Array.from(basename(key).replaceAll(/[^\p{L}\p{N}._-]/gu, "-"))
    .slice(0, 80)
    .join("");
  return `${name}-${version.slice(0, 12)}`;
}

/** The folder of the bucket that holds the plan, the parts, the progress and the results of an import. */
export const importFolder = (id: string): string => `results/${id}`;
