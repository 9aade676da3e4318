import type { AuthingClient } from "#lib/authing/client.ts";
import type { LeavePolicy, OtpPolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { Clock } from "#lib/contract/clock.ts";
import type { Ledger, PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import type { Change, Create } from "#lib/contract/change.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Pace } from "./pace.ts";

/** One change to bring to Authing, and whose it is. */
export interface Task<Kind extends Change = Change> {
  readonly change: Kind;
  /** Names the event or row: `source/eventId` or `uploads/<import>/<row>`. */
  readonly by: string;
  readonly source: string;
  /**
   * When the event or the file was received, in milliseconds since 1970: an account with the person's identifiers that began later
   * is of this task's making.
   */
  readonly since: number;
  /** The source's id of the person, where the change came from a source. */
  readonly subject?: string;
  /** The source whose people are those that this task brings; absent for a file that names none. */
  readonly owner?: string;
  /** What the ledger knows of the person, where it was asked while the person was locked. */
  readonly known?: SubjectRecord;
  readonly person?: PersonRecord;
  /** Our id of the person was another one's before, so that what the ledger knows by it is not theirs. */
  readonly isNewcomer?: true;
  /** It stands for a mover who is only this source's if it has made the account. */
  readonly isMover?: true;
  /** Of a row of a file: what it says changes an account that exists. Absent: such an account stays as it is. */
  readonly updates?: true;
  /** An account with our id of the person that the ledger does not know is taken for this person's. */
  readonly links: boolean;
  /** An operator has said that the account which holds the person's identifier is this person's. */
  readonly isSame: boolean;
  /** Other sources say that the account is closed: it stays so, and out of departments. */
  readonly staysClosed?: true;
}

/** A joiner, a rehire, or a row of a file of users. */
export type CreateTask = Task<Create>;

/** Says what became of a task. The first word on a task counts. */
export type Settle = (task: Task, outcome: Outcome) => void;

export interface DeliveryPorts {
  readonly authing: AuthingClient;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** One for all calls of a process. */
  readonly pace: Pace;
  readonly leavePolicy: (source: string) => LeavePolicy;
  readonly rehirePolicy: (source: string) => RehirePolicy;
  readonly otpPolicy: OtpPolicy;
  /** Ids of the applications at Authing in which a departure ends the person's sessions. Default none. */
  readonly endsSessionsOf?: readonly string[];
  readonly log: Log;
}

export interface DeliveryContext extends DeliveryPorts {
  /** Milliseconds since 1970: nothing new is begun after it. */
  readonly deadline: number;
}
