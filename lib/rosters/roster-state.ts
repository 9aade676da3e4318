import type { Change } from "#lib/contract/change.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import type { ListedPerson } from "#lib/contract/source.ts";
import type { Ruled } from "#lib/pipeline/people-rules.ts";
import type { CursorMark } from "./endless.ts";
import type { Tally } from "./tally.ts";

// What a run over a roster stores between two steps. A step reads the state, does a bounded amount of work, writes its parts and then the
// state: a process that ends in between does the step again, from the same state and with the same result.

/** By which verified identifier a run may link accounts that exist at Authing without our id. */
export const adoptable = ["email", "phone", "username"] as const;
export type Adoptable = (typeof adoptable)[number];

export interface RosterOptions {
  /** Reads every account back, and mends what differs at Authing itself. */
  readonly verify?: true;
  readonly adopt?: Adoptable;
}

/**
 * `read` the list → `compare` its people with what was told → `absent`, who is not in it → `prove` that they have left → `verify` the accounts of
 * the others, `adopt` accounts without our id, both only where asked for → `foretell` what a plan comes to → `planned`, until an operator
 * applies it → `apply` → `finish` → `ended`.
 */
export type Phase =
  | "read"
  | "compare"
  | "absent"
  | "prove"
  | "verify"
  | "adopt"
  | "foretell"
  | "planned"
  | "apply"
  | "finish"
  | "ended";

/** The files of a run: how many parts of each there are. */
export interface PartCounts {
  /** People as they were listed. */
  readonly read: number;
  /** Hashes of people who are not in the list and are still there. */
  readonly still: number;
  /** Joiners, movers and those who are back. */
  readonly changes: number;
  readonly leavers: number;
  readonly absent: number;
  /** People without a difference, to be compared with their accounts. */
  readonly same: number;
}

/** Where a phase goes on: the part, and the line in it. */
interface Place {
  readonly part: number;
  readonly line: number;
}

export interface RosterState {
  readonly source: string;
  readonly run: string;
  readonly bucket: string;
  readonly options: RosterOptions;
  /** Stops before the first write at Authing, until an operator has read what would happen. */
  readonly isPlan: boolean;
  /** The uploaded file that is the roster. Absent: the source's API lists it. */
  readonly file?: ObjectReference;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly plannedAt?: string;
  readonly phase: Phase;
  readonly place: Place;
  readonly parts: PartCounts;
  /** How far the list is read. */
  readonly reading: {
    readonly cursor?: string;
    readonly mark?: CursorMark;
    readonly pages: number;
    readonly isComplete: boolean;
    readonly total?: number;
  };
  /** Where the walk over the people of the ledger goes on. */
  readonly after?: string;
  readonly counts: Tally;
  readonly tallies: Readonly<Record<TallyName, Tally>>;
  /** Steps in a row that have failed. */
  readonly failures: number;
  readonly problem?: { readonly reason: string; readonly path?: string; readonly hint?: string };
  /** Set when the guard has looked: whether departures are held, how many would be taken without a question, and where most people are lost. */
  readonly guard?: { readonly isHeld: boolean; readonly taken: number; readonly lost: readonly string[] };
}

type TallyName =
  /** Reason → people that could not be read. */
  | "unusable"
  /** Field → movers whose value differs. */
  | "fields"
  /** Field → people who have it. */
  | "filled"
  /** Reason → people where the source could not say whether they have left. */
  | "unproven"
  /** Department at Authing → leavers. */
  | "lost"
  /** Outcome → changes that a plan foretells it for, or that came to it. */
  | "foretold"
  | "outcomes"
  /** Field → accounts in which it differs from what was told. */
  | "drift"
  /** Why an account without our id is or is not linked. */
  | "adopted";

export const noTallies: RosterState["tallies"] = {
  unusable: {},
  fields: {},
  filled: {},
  unproven: {},
  lost: {},
  foretold: {},
  outcomes: {},
  drift: {},
  adopted: {},
};

/** A person as read: from an API, or what a row of a file means. */
export type PersonLine = { readonly at: string; readonly subject: string } & (
  | Omit<ListedPerson, "subject">
  | Ruled
  | { readonly unusable: { readonly reason: string } }
);

export type DifferenceKind = "joiner" | "mover" | "back" | "leaver";

/** A change that a run found, as it is applied. */
export interface DifferenceLine {
  readonly kind: DifferenceKind;
  readonly message: EventMessage;
  /** An account without our id is this person's, by the rule of this run. */
  readonly adopts?: true;
}

/** A person of the ledger who is not in the list. */
export interface AbsentLine {
  readonly subject: string;
  readonly externalId?: string;
  readonly departments?: readonly string[];
}

/** A person without a difference from what was told. */
export interface SameLine {
  readonly at: string;
  readonly subject: string;
  readonly userId: string;
  readonly change: Change;
}
