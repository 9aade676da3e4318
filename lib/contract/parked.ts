import type { QueuedMessage } from "./queue.ts";

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
