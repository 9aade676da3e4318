/** One object at one version: reads of it never mix two uploads. */
export interface ObjectReference {
  readonly bucket: string;
  readonly key: string;
  /** S3's version id, where the bucket is versioned. */
  readonly versionId?: string;
  readonly etag?: string;
  /** Bytes, where the notification told. */
  readonly size?: number;
}

/** Bytes from `start` to before `end`, counted from 0; at least one. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ObjectStore {
  /** The bytes of the object, or of a range of it, as they come. Throws `malformed` `object-missing` when that version is gone, `unavailable` otherwise. */
  read(object: ObjectReference, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Writes an object as its parts come, bounded in memory. It appears whole or not at all. Returns its version, where the bucket is versioned. */
  write(
    target: { bucket: string; key: string; contentType: string },
    parts: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly versionId?: string }>;
  /** Deletes this version of the object, for good, or the newest where none is named; it may be gone already. */
  remove(object: ObjectReference): Promise<void>;
}
