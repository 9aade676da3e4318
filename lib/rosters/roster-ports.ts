import type { ObjectStore } from "#lib/contract/objects.ts";
import type { RosterQueue } from "#lib/contract/roster-queue.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import type { FieldDigest } from "#lib/ledger/field-digests.ts";
import type { ReadSettings } from "#lib/uploads/read-upload.ts";
import type { RowSettings } from "#lib/uploads/rows/row-translator.ts";
import type { AskedBefore } from "./asked-before.ts";
import type { RosterFiles } from "./roster-store.ts";
import type { SubjectIndex } from "./subject-index.ts";

/** How many departures of one run are taken without a question: this many, or this share of the people of the source. */
interface DepartureLimit {
  readonly atMost: number;
  readonly share: number;
}

export interface RosterPorts extends ApplyPorts {
  readonly objects: ObjectStore;
  readonly rosters: RosterQueue;
  /** How files are read and what their rows mean. */
  readonly reading: ReadSettings;
  readonly rows: RowSettings;
  readonly departureLimit: (source: string) => DepartureLimit;
}

/** What the steps of one invocation have in common. */
export interface RosterWork extends RosterPorts {
  /** The invocation. */
  readonly owner: string;
  /** Milliseconds since 1970: no new step is begun after it. */
  readonly deadline: number;
  readonly files: RosterFiles;
  /** Makes the digests of a person's fields. */
  digestsOf(subject: string): FieldDigest;
  /** Who is in the parts of a list that was read to its end; read once for an invocation. */
  index(parts: number): Promise<SubjectIndex>;
  /** What earlier rosters said and is still parked; read once for an invocation. */
  askedBefore(): Promise<AskedBefore>;
  /** Counts requests to the source and to Authing since the state was written last. */
  readonly requests: { source: number; authing: number };
}
