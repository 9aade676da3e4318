import { cutInto } from "#lib/contract/pieces.ts";
import { createHash, randomUUID } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type { ByteRange, ObjectReference, ObjectStore } from "#lib/contract/objects.ts";
import type { Database } from "./sqlite.ts";

/** The bucket of one machine. */
export interface StoreObjects extends ObjectStore {
  /** Writes an object at once. */
  put(key: string, bytes: Uint8Array, contentType: string): ObjectReference;
  /** As `write`, and names the version that was written. */
  receive(key: string, contentType: string, parts: AsyncIterable<Uint8Array>): Promise<ObjectReference>;
  /** The newest version of an object; `undefined` where there is none. */
  find(key: string): { readonly contentType: string; readonly size: number } | undefined;
  /** The keys of all objects that begin so, in order. */
  keys(prefix: string): string[];
}

export const localBucket = "local";

/** What SQLite writes and reads at a time: 320 MB/s; a smaller part is slower, a larger one keeps the process from other work for longer than 3 ms. */
const partBytes = 1024 * 1024;
/** A reader gets pieces of this many bytes, as S3 delivers them. */
const pieceBytes = 64 * 1024;
/** Parts that are deleted at a time, since an object may have 2,000 of them: about 30 ms. */
const partsDeletedAtOnce = 8;

interface ObjectRow {
  readonly id: number;
  readonly content_type: string;
  readonly etag: string;
  readonly size: number;
}

/**
 * Objects in SQLite, in parts of 1 MiB. Memory is bounded by a part, whatever the size. An object is whole when its last
 * part is written, in the same transaction. `now` gives milliseconds since 1970.
 */
export function storeObjects(database: Database, now: () => number = Date.now): StoreObjects {
  /** The newest version of an object, or the one that is named. An etag, where one is named, has to be that version's. */
  const found = ({ key, versionId, etag }: Omit<ObjectReference, "bucket">): ObjectRow | undefined => {
    const row = database.one<ObjectRow>(
      `SELECT id, content_type, etag, size FROM objects
       WHERE key = ? AND state = 'whole' AND version = coalesce(?, version) ORDER BY id DESC LIMIT 1`,
      key,
      versionId ?? null,
    );
    return etag === undefined || row?.etag === etag ? row : undefined;
  };

  const begin = (key: string, contentType: string): { id: number; version: string } => {
    const version = randomUUID();
    const { lastId: id } = database.run(
      `INSERT INTO objects (key, version, content_type, etag, size, written_at, state)
       VALUES (?, ?, ?, '', 0, ?, 'unfinished')`,
      key,
      version,
      contentType,
      now(),
    );
    return { id, version };
  };
  const addPart = (id: number, number: number, bytes: Uint8Array): void => {
    database.run("INSERT INTO object_parts (object, number, bytes) VALUES (?, ?, ?)", id, number, bytes);
  };
  const complete = (id: number, key: string, etag: string, size: number): void => {
    database.run(
      "UPDATE objects SET replaced_at = ? WHERE key = ? AND state = 'whole' AND replaced_at IS NULL",
      now(),
      key,
    );
    database.run("UPDATE objects SET state = 'whole', etag = ?, size = ? WHERE id = ?", etag, size, id);
  };

  const receive: StoreObjects["receive"] = async (key, contentType, parts) => {
    const hash = createHash("md5");
    const cut = cutInto(partBytes, parts);
    const first = await cut.next();
    if (first.done) return put(key, first.value, contentType);
    const { id, version } = begin(key, contentType);
    let size = 0;
    let number = 0;
    const add = (bytes: Uint8Array): void => {
      hash.update(bytes);
      addPart(id, number, bytes);
      size += bytes.length;
      number += 1;
    };
    try {
      add(first.value);
      let next = await cut.next();
      while (!next.done) {
        add(next.value);
        next = await cut.next();
      }
      const last = next.value;
      const etag = database.atomic(() => {
        if (last.length > 0) add(last);
        const digest = hash.digest("hex");
        complete(id, key, digest, size);
        return digest;
      });
      return { bucket: localBucket, key, versionId: version, etag, size };
    } catch (error) {
      await cut.return(new Uint8Array());
      await removeObjects(database, [id]);
      throw error;
    }
  };

  const put: StoreObjects["put"] = (key, bytes, contentType) => {
    const etag = createHash("md5").update(bytes).digest("hex");
    const version = database.atomic(() => {
      const { id, version } = begin(key, contentType);
      for (let start = 0; start < bytes.length; start += partBytes) {
        addPart(id, start / partBytes, bytes.subarray(start, start + partBytes));
      }
      complete(id, key, etag, bytes.length);
      return version;
    });
    return { bucket: localBucket, key, versionId: version, etag, size: bytes.length };
  };

  return {
    put,
    receive,
    find(key) {
      const row = found({ key });
      return row && { contentType: row.content_type, size: row.size };
    },
    keys: (prefix) =>
      database
        .all<{ key: string }>(
          `SELECT DISTINCT key FROM objects WHERE state = 'whole' AND substr(key, 1, ?) = ? ORDER BY key`,
          prefix.length,
          prefix,
        )
        .map(({ key }) => key),
    async read(object, range) {
      const row = found(object);
      if (!row) throw missing(object.key);
      return partsOf(database, row, object.key, range);
    },
    async write({ key, contentType }, parts) {
      const { versionId } = await receive(key, contentType, parts);
      return versionId === undefined ? {} : { versionId };
    },
    async remove({ key, versionId }) {
      const rows = database.all<{ id: number }>(
        "SELECT id FROM objects WHERE key = ? AND state = 'whole' AND version = coalesce(?, version)",
        key,
        versionId ?? null,
      );
      await removeObjects(
        database,
        rows.map(({ id }) => id),
      );
    },
  };
}

const missing = (key: string) => new InboundError("malformed", "object-missing", { path: key });

async function* partsOf(
  database: Database,
  { id, size }: ObjectRow,
  key: string,
  { start, end }: ByteRange = { start: 0, end: size },
): AsyncGenerator<Uint8Array> {
  const before = Math.min(end, size);
  for (let at = start; at < before;) {
    const number = Math.floor(at / partBytes);
    const from = at - number * partBytes;
    const to = Math.min(before - number * partBytes, partBytes);
    const row = database.one<{ bytes: Uint8Array }>(
      "SELECT substr(bytes, ?, ?) AS bytes FROM object_parts WHERE object = ? AND number = ?",
      from + 1,
      to - from,
      id,
      number,
    );
    // The object was deleted while it was read.
    if (!row) throw missing(key);
    for (let piece = 0; piece < row.bytes.length; piece += pieceBytes) {
      yield row.bytes.subarray(piece, piece + pieceBytes);
    }
    at = number * partBytes + to;
  }
}

/** Deletes objects. They are gone at once; the bytes go a few parts at a time, in between which the process does other work. */
export async function removeObjects(database: Database, ids: readonly number[]): Promise<void> {
  database.atomic(() => {
    for (const id of ids) database.run("UPDATE objects SET state = 'removed' WHERE id = ?", id);
  });
  for (const id of ids) {
    while (
      database.run(
        `DELETE FROM object_parts WHERE (object, number) IN
           (SELECT object, number FROM object_parts WHERE object = ? LIMIT ?)`,
        id,
        partsDeletedAtOnce,
      ).changes === partsDeletedAtOnce
    ) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    database.run("DELETE FROM objects WHERE id = ?", id);
  }
}

/** Deletes what a process that was killed has left: objects that were being written or deleted. */
export async function removeLeftovers(database: Database): Promise<void> {
  const rows = database.all<{ id: number }>("SELECT id FROM objects WHERE state <> 'whole'");
  await removeObjects(
    database,
    rows.map(({ id }) => id),
  );
}
