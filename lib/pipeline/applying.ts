import type { Change } from "#lib/contract/change.ts";
import type { EventKey } from "#lib/contract/ledger.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { Parked } from "#lib/contract/parked.ts";
import type { PeoplePolicy } from "#lib/contract/policies.ts";
import type { EventQueue, QueuedMessage } from "#lib/contract/queue.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { Source, TranslationContext } from "#lib/contract/source.ts";
import type { DeliveryPorts } from "#lib/delivery/context.ts";
import type { sourceApis } from "#lib/source-apis/source-api.ts";
import type { Decision } from "./decide.ts";
import type { Knowledge } from "./knowledge.ts";
import type { OutOfScope, PeopleRules } from "./people-rules.ts";

// What applying needs, and the stages that an event goes through.

/** What the worker needs of a source. Its secret is opaque here. */
type Worker = Pick<
  Source<unknown>,
  "secret" | "redeliversForSeconds" | "split" | "fetch" | "list" | "translate"
>;

export interface ApplyPorts extends DeliveryPorts {
  /** The sources that are switched on. */
  readonly source: (name: string) => Worker | undefined;
  readonly translation: (source: string) => TranslationContext;
  readonly secrets: SecretReader;
  readonly openApi: ReturnType<typeof sourceApis>;
  /** Where messages are that cannot be decided now. */
  readonly parked: Parked;
  /** Where the events go that one event stands for. */
  readonly events: EventQueue;
  /** Which people a source may speak about. */
  readonly peoplePolicy: (source: string) => PeoplePolicy;
  /** What the configuration says of the people of a source. */
  readonly rules: (source: string) => PeopleRules;
  /** Where days begin and end, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
}

export interface ApplyRun {
  /** Names the invocation: the owner of its claims. */
  readonly owner: string;
  /** Milliseconds since 1970: nothing new is begun after it. */
  readonly deadline: number;
  /** An operator has decided that these departures are meant. */
  readonly releases?: boolean;
  /**
   * How departures are guarded: by their number within an hour (the default), or, where a roster has looked at all of its departures together
   * before the first one, `taken` or `held` as it decided.
   */
  readonly departures?: "taken" | "held";
  /** An operator has decided that the account which holds the person's identifier is this person's. */
  readonly isSame?: boolean;
}

/** What became of a message. */
export type Applied =
  /** It leaves the queue. */
  | { readonly state: "done"; readonly outcome: Outcome }
  /** It leaves the queue, and comes back at a moment (ISO 8601, UTC). */
  | { readonly state: "waiting"; readonly reason: string; readonly dueAt: string }
  /** The queue gives it again; `reason` where it is known. */
  | { readonly state: "later"; readonly reason?: string };

/** A message that is this worker's to decide. */
export interface Claimed {
  readonly message: QueuedMessage;
  readonly key: EventKey;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
  /** A copy of it may be parked since an earlier try. */
  readonly wasParked: boolean;
}

/** What it means is known, and which people have to be locked. */
export interface Read extends Claimed {
  readonly changes: readonly Change[];
  /** When the source's API was asked, ISO 8601, UTC. */
  readonly readAt?: string;
  /** The event is about a person out of the source's scope. */
  readonly outOfScope?: OutOfScope;
  readonly lockIds: readonly string[];
  /** Those of them that are our ids of people that the ledger does not know. */
  readonly newIds: readonly string[];
}

/** What it comes to is decided, by what the ledger knew when its person was locked. */
export interface Decided extends Read {
  readonly knowledge: Knowledge;
  readonly decision: Decision;
}
