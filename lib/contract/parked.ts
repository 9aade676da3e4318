import type { QueuedMessage } from "./queue.ts";

/** What a parked message waits for: an operator (`dead`, `held`, `rejected`), or a moment (`waiting`). */
export type ParkedKind = "dead" | "held" | "rejected" | "waiting";

/** Whether an operator may still change an outcome of this kind: then its message stays parked, whole. */
export const staysParked = (kind: string | undefined): kind is Exclude<ParkedKind, "waiting"> =>
  kind === "dead" || kind === "held" || kind === "rejected";

/** A message that cannot be decided now. It has left the queue whole, and no other message waits for it. */
export interface ParkedMessage {
  readonly kind: ParkedKind;
  readonly message: QueuedMessage;
  /** The id under which the ledger knows it. */
  readonly ledgerId: string;
  /** A constant text in kebab-case. */
  readonly reason: string;
  /** A place in the input that the reason is about. */
  readonly path?: string;
  /** What an operator does next. */
  readonly hint?: string;
  /** Our id of the person, where it is known. */
  readonly externalId?: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** When it was received first, ISO 8601, UTC. */
  readonly since: string;
  /** When it is tried again, ISO 8601, UTC: of `waiting` messages only. */
  readonly dueAt?: string;
}

/** Where parked messages are, whole, until they are removed: no time limit deletes them. */
export interface Parked {
  /** Parks a message; one of the same kind, source and `ledgerId` is replaced. */
  keep(parked: ParkedMessage): Promise<void>;
  /** The oldest `limit` messages of a kind, of one source or of all. */
  list(kind: ParkedKind, limit: number, source?: string): Promise<ParkedMessage[]>;
  /** Removes a message. Does nothing when it is not there. */
  remove(
    parked: Pick<ParkedMessage, "kind" | "ledgerId"> & { readonly message: { readonly source: string } },
  ): Promise<void>;
  /** `waiting` messages whose `dueAt` has come, at most `limit`, at a cost that does not grow with those that are not due. */
  due(now: number, limit: number): Promise<ParkedMessage[]>;
}
