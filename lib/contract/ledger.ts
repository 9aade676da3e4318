import type { Dropped, Trail } from "./change.ts";
import type { Outcome } from "./outcome.ts";

// The durable memory. One suite (test/contract/ledger.ts) runs over every implementation of this port.
// It holds ids, codes, times and field names; never a name, an address, a phone number, a secret or a payload.

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
  /** ISO 8601, UTC, as are the others. */
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly settledAt: string;
  /**
   * When the worker read the person from the source's API for this event, if it did: for an event that is received later it has to read the
   * person anew.
   */
  readonly readAt?: string;
  /** How the source showed who it is, e.g. `hmac-sha256`. */
  readonly proof: string;
  /** What was done at Authing: `create`, `update`, `leave`, `import-otp`, in order. */
  readonly changes: readonly string[];
  /** Authing's field → `path in the payload · rule`. */
  readonly trail: Trail;
  readonly dropped?: readonly Dropped[];
  /** Fields of the event that were superseded → the newer event, `source/eventId`. */
  readonly superseded?: Readonly<Record<string, string>>;
  readonly outcome: Outcome;
}

/** When a source told a field last. */
export interface FieldTold {
  /** When that happened, by the source's clock: ISO 8601, UTC. */
  readonly at: string;
  /** The event that told it, without its source. */
  readonly by: string;
  /**
   * A keyed digest of the value, by which a roster knows that the value is still the same (lib/ledger/field-digests.ts). Absent for
   * secrets, for what the record holds itself (access, days), and where there is no key.
   */
  readonly digest?: string;
}

/** What a source has told of one of its people. */
export interface SubjectRecord {
  readonly source: string;
  readonly subject: string;
  readonly externalId?: string;
  /** Authing's id. */
  readonly userId?: string;
  /**
   * When each field was told last: `email`, `phone`, `name`, `departments`, `customData.title` …; `access`, whether the account is
   * open or closed; `departure`, the last day that is announced; `arrival`, the first day; `subject`, that the source changed its id of the person.
   */
  readonly told: Readonly<Record<string, FieldTold>>;
  /** What was told of `access` last. */
  readonly isClosed?: boolean;
  /** What was told of `departure` last: a calendar day, or empty where none is planned. */
  readonly lastDay?: string;
  /** The first day of a person who has not started yet, as `arrival` was told last: no event creates the account before that day. */
  readonly firstDay?: string;
  /** Authing's ids of the person's departments, where an event told them. */
  readonly departments?: readonly string[];
  /** The source's id of this person since `told.subject`; from then on `subject` names another person. */
  readonly movedTo?: string;
}

/** What is known of a person at Authing. */
export interface PersonRecord {
  readonly externalId: string;
  /** Authing's id. */
  readonly userId?: string;
  /** What brought the person: `source/eventId`, `uploads/<import>/<row>`. */
  readonly createdBy: string;
  /** The source that owns this person. Absent: no source does, as for a file that names none. */
  readonly owner?: string;
  /** The sources that say the account is closed. It is opened when none of them says so any more. */
  readonly closedBy?: readonly string[];
  /** Our earlier ids of the person. */
  readonly formerly?: readonly string[];
  /** Our id of the person today; everything else about the person is stored under it. */
  readonly renamedTo?: string;
}

/** What is noted of a person: `closes` adds its source to `closedBy`, or removes it. */
export interface PersonNote extends Omit<PersonRecord, "closedBy" | "formerly" | "renamedTo"> {
  readonly closes?: { readonly source: string; readonly isClosed: boolean };
  /** The person was created under this id just now: a person who had this id before has been renamed since. */
  readonly isNew?: boolean;
}

/** An event that may create an account for a person that the ledger does not know. */
export interface BegunCreate extends EventKey {
  /** When it was begun first, ISO 8601, UTC. */
  readonly at: string;
  /** Keyed digests of the identifiers that it may send, beside our id of the person: `email`, `phone`, `username`. */
  readonly digests: Readonly<Record<string, string>>;
}

export type Claim =
  /** The caller holds the claim until the lease ends. `attempts` includes this one. */
  | { readonly state: "claimed"; readonly attempts: number }
  /** Another owner's lease still runs. */
  | { readonly state: "busy" }
  /** Its outcome is recorded already; nothing is left to do. */
  | { readonly state: "settled"; readonly record: EventRecord };

export interface Ledger {
  /**
   * Claims an event for `leaseSeconds`, unless its outcome is recorded or another owner's lease still runs. The same owner may claim
   * again, which renews the lease.
   */
  claim(key: EventKey, by: { owner: string; leaseSeconds: number }): Promise<Claim>;
  /**
   * Releases a claim, so that any worker may claim the event at once. Does nothing when its outcome is recorded or the claim is not the
   * owner's.
   */
  release(key: EventKey, owner: string): Promise<void>;
  /**
   * Locks a person for an event that the caller has claimed. `false` while the person is locked for another event; otherwise what was
   * begun for the person before, oldest first, four at most. The lock needs no release: it ends when the outcome of its event is recorded,
   * when the claim of its event is released or ends, or after `leaseSeconds`.
   *
   * @param person any id under which the person is locked.
   * @param begins what the event may create: it is kept with the lock, for 14 days after the latest one.
   */
  lockPerson(
    person: string,
    key: EventKey,
    leaseSeconds: number,
    begins?: BegunCreate,
  ): Promise<readonly BegunCreate[] | false>;
  /** Makes an event claimable again whose outcome is `dead`, `held` or `rejected`. `false` for any other. */
  reopen(key: EventKey): Promise<boolean>;
  /** Records outcomes; each is remembered for `keepSeconds` from now. The first outcome of an event stays. */
  settle(records: readonly EventRecord[], keepSeconds: number): Promise<void>;
  /** What a source has told of its person. */
  subject(source: string, subject: string): Promise<SubjectRecord | undefined>;
  /**
   * Adds to what a source has told: of each field of `told` the newest `at` stays (of two equal ones the later call), `isClosed`
   * and `lastDay` go with their fields. Other fields that are absent keep their value.
   */
  tell(record: SubjectRecord): Promise<void>;
  /** How many people a source has brought; of many thousands, how many it had brought at most ten minutes ago. */
  countSubjects(source: string): Promise<number>;
  /** What a source has told of some of its people, in the order of their ids here; at most 100 at a time. */
  subjectsOf(source: string, subjects: readonly string[]): Promise<readonly (SubjectRecord | undefined)[]>;
  /** The people that a source has brought, a page at a time, each once. `next` is absent on the last page. */
  subjects(source: string, after?: string): Promise<{ subjects: readonly string[]; next?: string }>;
  /**
   * Counts a departure once and resolves to how many its source had within `withinSeconds` until then. It resolves to the same
   * number when it is called again before the outcome is recorded, so that a decision made by the number does not change.
   */
  countDeparture(key: EventKey, withinSeconds: number): Promise<number>;
  /** The ids of the first departures that were counted for a source in the hour before a moment (ISO 8601, UTC): 50 at most. */
  firstDepartures(source: string, before: string): Promise<readonly string[]>;
  /** A person by our id, today's or an earlier one: the record then has the id of today. */
  person(externalId: string): Promise<PersonRecord | undefined>;
  /** The same of several people, in the order of their ids here. */
  people(externalIds: readonly string[]): Promise<readonly (PersonRecord | undefined)[]>;
  /**
   * Notes people. What created them first stays, and so does their first owner; the newest `userId` counts, since an account may be
   * deleted and made anew.
   */
  recordPeople(notes: readonly PersonNote[]): Promise<void>;
  /** Our id of a person has changed: the record moves, and is found under both ids until the old one is given to another person. */
  renamePerson(from: string, to: string): Promise<void>;
  /** What became of one event; `undefined` until it is recorded. */
  event(key: EventKey): Promise<EventRecord | undefined>;
  /**
   * Notes that a chunk of an import is done, for `keepSeconds` from now; noting it twice changes nothing. Resolves to all that are
   * done: of several callers at the same time, the last one gets the chunks of all.
   */
  finishChunk(key: EventKey, chunk: number, keepSeconds: number): Promise<ReadonlySet<number>>;
  /** The chunks of an import that are done. */
  finishedChunks(key: EventKey): Promise<ReadonlySet<number>>;
  /** The newest `limit` outcomes about a person, oldest first. */
  events(externalId: string, limit: number): Promise<EventRecord[]>;
  /** Since when the events of a source are only stored (ISO 8601, UTC); `undefined` while they are applied. */
  pausedSince(source: string): Promise<string | undefined>;
  /** Begins a pause of a source, or ends it (`undefined`). */
  pause(source: string, since: string | undefined): Promise<void>;
  /** How far a source's list of changes has been read; `undefined` before the first time. */
  cursor(source: string): Promise<string | undefined>;
  moveCursor(source: string, cursor: string): Promise<void>;
}
