import type { Metrics } from "./metrics.ts";
import type { SourceEvent } from "./source.ts";

// What the pipeline needs of its surroundings. AWS (lib/aws) and the laptop (infra/local) each provide them.

/** How a delivery came in: travels with its events, so that they can be explained. */
export interface Reception {
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly proof: string;
  readonly deliveryId?: string;
}

/** What waits in the queue of events. */
export type QueuedMessage =
  | {
      readonly kind: "event";
      readonly source: string;
      readonly event: SourceEvent;
      readonly reception: Reception;
    }
  /** A delivery whose proof held and that we could not read: kept whole until the code or a person can. */
  | {
      readonly kind: "unreadable";
      readonly source: string;
      /** Hash of the bytes. */
      readonly id: string;
      readonly reason: string;
      readonly path?: string;
      readonly contentType?: string;
      /** Base64. */
      readonly payload: string;
      readonly reception: Reception;
    };

export interface EventQueue {
  /** Resolves only when every message is safely kept. Messages of one person stay in order. Throws `unavailable` otherwise. */
  send(messages: readonly QueuedMessage[]): Promise<void>;
}

/** The worker's side of the queue. */
export interface QueueReader {
  /** The message that a body of the queue holds or stands for. Throws `unavailable` when it cannot be fetched now. */
  open(body: string): Promise<QueuedMessage>;
  /**
   * Hides messages of one batch that the worker hands back until so many seconds from now: ten at most, as many as a FIFO
   * queue hands out together. Where it fails they come again all the same, after the time for which the queue hides
   * whatever was received.
   */
  postpone(messages: readonly { readonly receiptHandle: string; readonly seconds: number }[]): Promise<void>;
}

/** A message that waits for a person: a dead letter, or a departure that is held. */
export interface KeptMessage {
  readonly kind: "dead" | "held";
  readonly message: QueuedMessage;
  /** The id under which the ledger knows it. */
  readonly ledgerId: string;
  /** A constant text in kebab-case. */
  readonly reason: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was received first, ISO 8601, UTC. */
  readonly since: string;
}

/** Where messages wait for a person, whole, until they are taken away: what is kept here is never lost to a time limit. */
export interface Shelf {
  /** Keeps a message; one of the same kind, source and `ledgerId` is replaced. */
  keep(kept: KeptMessage): Promise<void>;
  /** The oldest `limit` messages. */
  list(kind: KeptMessage["kind"], limit: number): Promise<KeptMessage[]>;
  /** Takes a message away. Nothing happens when it is not there. */
  remove(kept: KeptMessage): Promise<void>;
}

/** The current and the previous version of a secret, parsed JSON. */
export interface SecretVersions {
  readonly current: unknown;
  readonly previous?: unknown;
}

/** Reads one secret from where it is kept, past every cache. Throws `misconfigured` when there is none, `unavailable` when it cannot be asked. */
export type LoadSecret = (name: string) => Promise<SecretVersions>;

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
  /** Writes an object as its parts come, bounded in memory. It appears whole or not at all. */
  write(
    target: { bucket: string; key: string; contentType: string },
    parts: AsyncIterable<Uint8Array>,
  ): Promise<void>;
  /** Deletes this version of the object, for good, or the newest where none is named; it may be gone already. */
  remove(object: ObjectReference): Promise<void>;
}

/** What waits to be done about an import: where its plan is, and nothing about anybody. */
export type ImportMessage =
  | { readonly kind: "chunk"; readonly bucket: string; readonly import: string; readonly chunk: number }
  /** Every chunk is done. */
  | { readonly kind: "finish"; readonly bucket: string; readonly import: string };

/** Where chunks of imports wait, and imports that only have to be finished. Messages may come twice and in any order. */
export interface ImportQueue {
  /** Resolves only when every message is safely kept. Throws `unavailable` otherwise. */
  send(messages: readonly ImportMessage[]): Promise<void>;
}

/** Structured log: a constant text and fields that hold codes, ids, paths and counts only; `metrics` are what it adds to. */
export interface Log {
  info(message: string, fields?: LogFields, metrics?: Metrics): void;
  warn(message: string, fields?: LogFields, metrics?: Metrics): void;
  error(message: string, fields?: LogFields, metrics?: Metrics): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
