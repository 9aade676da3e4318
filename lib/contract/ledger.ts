import type { Outcome } from "./outcome.ts";
import type { Dropped, Trail } from "./change.ts";

// The durable memory. One suite (test/contract/ledger.ts) runs over every implementation of this port.
// It holds ids, codes, times and field names; never a name, an address, a number, a secret or a payload.

/** Names an event, a row of a file (`uploads`, `<import>/<row>`) or a whole import (`uploads`, `<import>`). */
export interface EventKey {
  readonly source: string;
  readonly id: string;
}

/** What became of one event or row: what `explain` reads back. */
export interface EventRecord extends EventKey {
  readonly type: string;
  /** The source's id of the person. */
  readonly subject: string;
  /** Our id of the person at Authing, where it is known. */
  readonly externalId?: string;
  /** ISO 8601, UTC. */
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly settledAt: string;
  /** How the source showed who it is, e.g. `hmac-sha256`. */
  readonly proof: string;
  /** What was done at Authing: `create`, `update`, `leave`, `import-otp`, in order. */
  readonly changes: readonly string[];
  /** Authing's field → `path in the payload · rule`. */
  readonly trail: Trail;
  readonly dropped?: readonly Dropped[];
  readonly outcome: Outcome;
}

/** What a source has brought about one of its people. */
export interface SubjectRecord {
  readonly source: string;
  readonly subject: string;
  readonly externalId?: string;
  /** Authing's id. */
  readonly userId?: string;
  /** The newest event that was applied: when it happened (ISO 8601, UTC) and its id. */
  readonly appliedAt: string;
  readonly appliedBy: string;
  /** Whether the person is away, by the newest event that said so. */
  readonly left?: boolean;
  /** Authing's ids of the person's departments, where an event told them. */
  readonly departments?: readonly string[];
}

/** What is known of a person at Authing, whoever brought them. */
export interface PersonRecord {
  readonly externalId: string;
  /** Authing's id. */
  readonly userId?: string;
  /** What created the person: `source/eventId`. */
  readonly createdBy: string;
  /** The source that said they left; empty once it said they are back. Until then no other source opens their account. */
  readonly leftBy?: string;
}

export type Claim =
  /** Ours to do until the lease ends. `attempts` counts this one. */
  | { readonly state: "claimed"; readonly attempts: number }
  /** Somebody else's lease still runs. */
  | { readonly state: "busy" }
  /** Done before; nothing is left to do. */
  | { readonly state: "settled"; readonly record: EventRecord };

export interface Ledger {
  /** Takes an event for `leaseSeconds`, unless it is settled or another owner's lease still runs. The same owner may claim again. */
  claim(key: EventKey, by: { owner: string; leaseSeconds: number }): Promise<Claim>;
  /** Gives a claim back, so that anybody may claim it at once. Does nothing when it is settled or not the owner's. */
  release(key: EventKey, owner: string): Promise<void>;
  /** Makes an event that is settled as `dead` or `held` claimable again. `false` for any other. */
  reopen(key: EventKey): Promise<boolean>;
  /** Writes outcomes; each is remembered for `keepSeconds` from now. The first outcome of an event stays. */
  settle(records: readonly EventRecord[], keepSeconds: number): Promise<void>;
  /** What was applied last for a source's person. */
  subject(source: string, subject: string): Promise<SubjectRecord | undefined>;
  /** Remembers what was applied, unless something newer (`appliedAt`) is there. Fields that are absent keep their value. */
  recordSubject(record: SubjectRecord): Promise<void>;
  /** How many people a source has brought. */
  countSubjects(source: string): Promise<number>;
  /**
   * Counts a departure once and resolves to how many its source had within `withinSeconds` until then; to the same number
   * when it is told of again before it is settled, so that what was decided by it stays decided.
   */
  countDeparture(key: EventKey, withinSeconds: number): Promise<number>;
  person(externalId: string): Promise<PersonRecord | undefined>;
  /** Remembers people. Who created them first stays; the newest `userId` counts, since somebody may be deleted and come back. */
  recordPeople(records: readonly PersonRecord[]): Promise<void>;
  /** What became of one event; `undefined` while nobody has settled it. */
  event(key: EventKey): Promise<EventRecord | undefined>;
  /**
   * Notes that a chunk of an import is done, however often it is told so, for `keepSeconds` from now. Resolves to all that
   * are: of those who say so at the same time, the last one learns of everybody.
   */
  finishChunk(key: EventKey, chunk: number, keepSeconds: number): Promise<ReadonlySet<number>>;
  /** The chunks of an import that are done. */
  finishedChunks(key: EventKey): Promise<ReadonlySet<number>>;
  /** The newest `limit` outcomes about a person, oldest first. */
  events(externalId: string, limit: number): Promise<EventRecord[]>;
}
