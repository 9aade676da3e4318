import { InboundError } from "#lib/contract/errors.ts";
import type { ObjectStore } from "#lib/contract/objects.ts";

/** Reads an object that an import wrote before, whole; `undefined` when it is not there. */
export async function readStored(
  objects: ObjectStore,
  bucket: string,
  key: string,
): Promise<Buffer | undefined> {
  try {
    return Buffer.concat(await Array.fromAsync(await objects.read({ bucket, key })));
  } catch (error) {
    if (error instanceof InboundError && error.reason === "object-missing") return undefined;
    throw error;
  }
}

/** Writes a value as one line of JSON. */
export async function writeJson(
  objects: ObjectStore,
  bucket: string,
  key: string,
  value: unknown,
): Promise<void> {
  async function* bytes() {
    yield Buffer.from(`${JSON.stringify(value)}\n`);
  }
  await objects.write({ bucket, key, contentType: "application/json" }, bytes());
}
