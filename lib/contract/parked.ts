import { createHash } from "node:crypto";
import type { QueuedMessage } from "./queue.ts";

/** What a parked message waits for: an operator (`dead`, `held`, `rejected`), or a moment (`waiting`). */
export type ParkedKind = "dead" | "held" | "rejected" | "waiting";

export const parkedKinds = ["dead", "held", "rejected", "waiting"] as const satisfies readonly ParkedKind[];

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

/** Which parked messages: those of these kinds, of one source, or with one id (whole, or `shortIdOf` it). */
export interface ParkedScope {
  readonly kinds: readonly ParkedKind[];
  readonly source?: string;
  readonly id?: string;
}

/** Some of the parked messages of a scope. `next` is where the list goes on; absent at its end. */
interface ParkedPage {
  readonly messages: readonly ParkedMessage[];
  readonly next?: string;
}

/** How many messages of one source are parked. */
export interface ParkedCount {
  readonly kind: ParkedKind;
  readonly source: string;
  readonly count: number;
}

/** SHA-256 of a message's id, in hex: ids of senders have every length and every character. */
export const hashOfId = (ledgerId: string): string =>
  createHash("sha256").update(JSON.stringify(ledgerId)).digest("hex");

/** What people read and type in place of a message's id: the first ten digits of its hash. Two of 20,000 messages have the same one once in 5,000 times. */
export const shortIdOf = (ledgerId: string): string => hashOfId(ledgerId).slice(0, 10);

/** Whether a hash is that of the id that was asked for: a whole id, or the first six digits of its hash or more. */
export const isHashOf = (hash: string, asked: string): boolean =>
  hash === hashOfId(asked) || (/^[0-9a-f]{6,64}$/.test(asked) && hash.startsWith(asked));

/** Where parked messages are, whole, until they are removed: no time limit deletes them. */
export interface Parked {
  /** Parks a message; one of the same kind, source and `ledgerId` is replaced. */
  keep(parked: ParkedMessage): Promise<void>;
  /**
   * At most `limit` messages of a scope; those that were parked first come first. `after` is the `next` of an earlier page: pages of one
   * list never return to what was parked again since its first page, save within the same second.
   */
  list(scope: ParkedScope, limit: number, after?: string): Promise<ParkedPage>;
  /** How many messages of a scope are parked, by kind and source, at a cost that does not depend on their size. */
  count(scope: ParkedScope): Promise<readonly ParkedCount[]>;
  /** Removes a message. Does nothing when it is not there. */
  remove(
    parked: Pick<ParkedMessage, "kind" | "ledgerId"> & { readonly message: { readonly source: string } },
  ): Promise<void>;
  /** `waiting` messages whose `dueAt` has come, at most `limit`, at a cost that does not grow with those that are not due. */
  due(now: number, limit: number): Promise<ParkedMessage[]>;
}
