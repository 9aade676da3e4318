import type { Change } from "./change.ts";
import type { ParkedMessage } from "./parked.ts";
import type { SourceEvent } from "./source.ts";

// The queue of events: what it holds, and both of its sides.

/** How a delivery came in: travels with its events, so that they can be explained. */
export interface Reception {
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly proof: string;
  readonly deliveryId?: string;
}

/** Of which parked message this is another try. The ledger knows it by that id alone; its copy stays parked until the outcome is recorded. */
type ParkedAs = Pick<ParkedMessage, "kind" | "ledgerId">;

/** An event in the queue. */
export interface EventMessage {
  readonly kind: "event";
  readonly source: string;
  readonly event: SourceEvent;
  readonly reception: Reception;
  /** What the event means, where that is known already: a roster has compared it with what was told. Its payload is then empty. */
  readonly changes?: readonly Change[];
  readonly parkedAs?: ParkedAs;
  /** The time that the source gave, where it was later than the receipt: the event then counts as of its receipt. */
  readonly datedAhead?: string;
}

/** A message of the queue of events. */
export type QueuedMessage =
  | EventMessage
  /** A delivery whose proof held and that `split` could not read: kept as it came, until the code or an operator can. */
  | {
      readonly kind: "unreadable";
      readonly source: string;
      /** SHA-256, in hex, of what the delivery says: the same when the sender repeats it. */
      readonly id: string;
      readonly reason: string;
      readonly path?: string;
      readonly delivery: KeptDelivery;
      readonly reception: Reception;
      readonly parkedAs?: ParkedAs;
    };

/** The id of what a message says: of its event, or of the delivery that could not be read. */
export const idOf = (message: QueuedMessage): string =>
  message.kind === "event" ? message.event.id : message.id;

/** What a message is about: messages of one source with the same subject stay in order. */
export const subjectOf = (message: QueuedMessage): string =>
  message.kind === "event" ? message.event.subject : message.id;

/**
 * All that `split` reads of a delivery, as JSON; when it was received and the sender's id of it are in `reception`. Nothing
 * that proves a delivery is in here: no signature, no secret, no cookie.
 */
export interface KeptDelivery {
  readonly method: string;
  /** Without the parameters that prove the delivery. */
  readonly rawQuery: string;
  /** `content-type`, and what the source names in `readsHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, decrypted where the sender encrypts, in base64; of the query where there is no body. */
  readonly payload: string;
  /** When the sender says it sent this, in milliseconds since 1970, where the proof covers such a time. */
  readonly sentAt?: number;
}

export interface EventQueue {
  /** Resolves only when every message is safely kept. Messages of one person stay in order. Throws `unavailable` otherwise. */
  send(messages: readonly QueuedMessage[]): Promise<void>;
}

/** The worker's side of the queue. */
export interface QueueReader {
  /** The message that a body of the queue holds or refers to. Throws `unavailable` when it cannot be fetched now. */
  open(body: string): Promise<QueuedMessage>;
  /**
   * Hides messages of one batch that the worker hands back until so many seconds from now: ten at most, as many as a FIFO
   * queue hands out together. Where this fails, the queue still delivers them again, after the time for which it hides every message
   * that was received.
   */
  postpone(messages: readonly { readonly receiptHandle: string; readonly seconds: number }[]): Promise<void>;
}
