import type { SourceEvent } from "./source.ts";

// The queue of events: what stands in it, and both of its sides.

/** How a delivery came in: travels with its events, so that they can be explained. */
export interface Reception {
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly proof: string;
  readonly deliveryId?: string;
}

/** An event in the queue. */
export interface EventMessage {
  readonly kind: "event";
  readonly source: string;
  readonly event: SourceEvent;
  readonly reception: Reception;
  /** It comes from among the parked messages, where a copy of it is until its outcome is recorded. */
  readonly wasParked?: true;
  /** The moment that the source gave, where it lay ahead of the receipt: the event counts as of its receipt. */
  readonly datedAhead?: string;
}

/** What waits in the queue of events. */
export type QueuedMessage =
  | EventMessage
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
      readonly wasParked?: true;
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
