import { joinerOf, type Change, type Leave, type Update } from "#lib/contract/change.ts";
import type { PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import type { CreateUserInfoDto } from "#lib/contract/person.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { OutOfScopePolicy, PeoplePolicy, RehirePolicy } from "#lib/contract/policies.ts";
import type { EventMessage, QueuedMessage } from "#lib/contract/queue.ts";
import type { Task } from "#lib/delivery/context.ts";
import { closedByOthers, isOnlyLinked } from "#lib/delivery/people.ts";
import { broughtAs, maySpeak, notItsPerson } from "./authority.ts";
import { effectiveFrom, startOfDay } from "./dates.ts";
import type { Knowledge } from "./knowledge.ts";
import { closes, namesIn, newestTeller, remainderOf, type Statement } from "./order.ts";

// What an event comes to, given what the ledger knows at this moment. Pure: it is asked when the person's lock is held and the
// effect is about to happen, so that nothing can come in between.

export interface DecisionSettings {
  readonly people: PeoplePolicy;
  readonly rehire: RehirePolicy;
  readonly timeZone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** An operator has said that the account which holds the person's identifier is this person's. */
  readonly isSame: boolean;
  /** The event is about a person that the source is not to bring: nothing of it is to be done but a departure. */
  readonly isOutOfScope?: boolean;
}

/** A change that is left, and what has to be done about it, or what became of it without anything to do. */
export type Step =
  | { readonly change: Change; readonly task: Task }
  | { readonly change: Change; readonly outcome: Outcome };

/** What an event comes to. */
export interface Decision {
  /** The changes that are due, in order. */
  readonly steps: readonly Step[];
  /** What becomes of the event where no change is left of it. */
  readonly outcome?: Outcome;
  /** Fields that a newer event told → that event, `source/eventId`. */
  readonly superseded: Readonly<Record<string, string>>;
  /** Changes about which nothing has to be done; what they say of access counts. */
  readonly noted: readonly Change[];
  /** Changes whose day lies ahead, and the moment (milliseconds since 1970) at which the first of them is due. */
  readonly ahead: readonly Change[];
  readonly dueAt?: number;
}

export function decide(
  message: QueuedMessage,
  changes: readonly Change[],
  knowledge: Knowledge,
  settings: DecisionSettings,
): Decision {
  if (message.kind === "unreadable" || changes.length === 0) {
    const reason = settings.isOutOfScope ? "out-of-scope" : "nothing-to-do";
    const outcome = { kind: "already-done", reason } as const;
    return { steps: [], outcome, superseded: {}, noted: [], ahead: [] };
  }
  const { source, event } = message;
  const { known, person, namesake } = knowledge;
  const { changes: remaining, superseded: lost, isRepetition } = remainderOf(changes, event, known);
  const noted = remaining.filter((change) => isNoNews(change, lost, known));
  const left = remaining.filter((change) => !noted.includes(change));
  const superseded = Object.fromEntries(Object.entries(lost).map(([name, by]) => [name, `${source}/${by}`]));
  if (left.length === 0) {
    const by = `${source}/${newestTeller(lost, known)}`;
    return {
      steps: [],
      outcome: { kind: isRepetition ? "already-done" : "superseded", by },
      superseded,
      noted,
      ahead: [],
    };
  }
  // Nothing brings a person before their first day, once it is announced.
  const arrives =
    known?.firstDay === undefined || known.userId !== undefined
      ? 0
      : startOfDay(known.firstDay, settings.timeZone);
  const momentOf = (change: Change) =>
    effectiveFrom(change, settings.timeZone) ?? (change.kind === "update" ? arrives : 0);
  const ahead = left.filter((change) => momentOf(change) > settings.now);
  const due = left.filter((change) => momentOf(change) <= settings.now);
  // What comes with a joiner is about a person who is there by then.
  const isComing = left.some((change) => closes(change) === false);
  const stepOf = (change: Change): Step => {
    if (person && !maySpeak(source, settings.people, person, known)) {
      const mayHaveMade = isOnlyLinked(person) && brings(change);
      return mayHaveMade
        ? placed(message, change, knowledge, settings)
        : { change, outcome: othersPerson(change, person) };
    }
    if (namesake && "person" in change) return { change, outcome: idInUse(namesake, source) };
    // Of a person without an account, nothing was applied.
    const { userId } = known ?? {};
    if (message.parkedAs?.kind === "waiting" && userId !== undefined && wasApplied(change, event, known)) {
      return { change, outcome: { kind: "accepted", userId } };
    }
    const closed = isComing ? undefined : neverCame(change, event, knowledge);
    if (closed) return { change, outcome: { ...closed, by: `${source}/${closed.by}` } };
    return placed(message, change, knowledge, settings);
  };
  return {
    steps: [...due, ...leftUnderOtherId(knowledge)].map(stepOf),
    superseded,
    noted,
    ahead,
    ...(ahead.length > 0 && { dueAt: Math.min(...ahead.map(momentOf)) }),
  };
}

/**
 * Whether this very event has told all of this before it waited for another part of it. To say it again would undo what an
 * operator has changed at Authing since.
 */
function wasApplied(change: Change, { id }: Statement, known: SubjectRecord | undefined): boolean {
  const names = namesIn(change);
  return names.length > 0 && names.every((name) => known?.told[name]?.by === id);
}

/** Whether a change holds all that it takes to bring a person. */
export const brings = (change: Change): boolean =>
  change.kind === "create" || (change.kind === "update" && change.complete);

/** A joiner's event with nothing left but that the account is open, which it is. */
function isNoNews(
  change: Change,
  lost: Readonly<Record<string, string>>,
  known: SubjectRecord | undefined,
): boolean {
  const isPlacedAndOpen = known?.userId !== undefined && known.isClosed !== true;
  const onlyOpens =
    change.kind === "create" && namesIn(change).every((name) => name === "access" || name === "externalId");
  return isPlacedAndOpen && onlyOpens && Object.keys(lost).length > 0;
}

/**
 * The source gives a person another id. Under the one id they have an account, under the other one they have left since: a departure
 * came before the event that says who it is about.
 */
function leftUnderOtherId({ known, underNewSubject }: Knowledge): Leave[] {
  if (!underNewSubject) return [];
  const toldAt = (record: SubjectRecord | undefined) => record?.told["access"]?.at ?? "";
  const isClosedBy = (left: SubjectRecord | undefined, open: SubjectRecord | undefined) =>
    left?.isClosed === true &&
    open?.userId !== undefined &&
    open.isClosed !== true &&
    toldAt(left) > toldAt(open);
  return isClosedBy(known, underNewSubject) || isClosedBy(underNewSubject, known) ? [leftBefore] : [];
}

/** Closes an account for what the ledger knows already. */
export const leftBefore: Leave = { kind: "leave", who: {} };

/** The person of a source who is no longer in its scope leaves, where the source has brought them and they are open. */
export function leavesScope(
  policy: OutOfScopePolicy | undefined,
  { known }: Pick<Knowledge, "known">,
): Leave[] {
  return policy === "leave" && known?.userId !== undefined && known.isClosed !== true
    ? [{ kind: "leave", who: {} }]
    : [];
}

/** Whether a mover gives its person another id of the source's: later events go by it. */
const isMovingSubject = (change: Change): boolean =>
  change.kind === "update" && change.newSubject !== undefined;

/** Whether a mover gives its person another id of ours: it waits for them, since later events may go by it. */
const isRenaming = (change: Change, known: SubjectRecord): boolean =>
  change.kind === "update" &&
  change.person.externalId !== undefined &&
  known.externalId !== undefined &&
  change.person.externalId !== known.externalId;

/**
 * A person who left before anything else was heard of them: no account is made for the sake of closing it.
 */
function neverCame(
  change: Change,
  { occurredAt }: Statement,
  { known, person }: Knowledge,
): (Outcome & { readonly by: string }) | undefined {
  const left = known?.isClosed && known.userId === undefined && person === undefined && known.told["access"];
  if (!left || closes(change) !== undefined || isMovingSubject(change)) return undefined;
  if (left.at > occurredAt) return { kind: "superseded", by: left.by };
  return isRenaming(change, known)
    ? undefined
    : { kind: "already-done", reason: "person-has-left", by: left.by };
}

/** Another source's person: a joiner is there already, everything else is not this source's to say. */
function othersPerson(change: Change, person: PersonRecord): Outcome {
  if (change.kind !== "create") return notItsPerson(person);
  return { kind: "already-done", ...broughtAs(person) };
}

/** The id that a source gives its person is another one's. One of its own may just be giving it up. */
function idInUse(namesake: PersonRecord, source: string): Outcome {
  return {
    kind: "rejected",
    reason: namesake.owner === source ? "identifier-in-use" : "conflict",
    field: "externalId",
    ...broughtAs(namesake),
  };
}

function placed(
  { source, event, reception }: EventMessage,
  change: Change,
  { known, person, externalId, isNewcomer }: Knowledge,
  { people, rehire, isSame, now }: DecisionSettings,
): Step {
  // A person that is brought has our id of today, also by an event that is older than it.
  const called = (whole: CreateUserInfoDto) => ({
    ...whole,
    ...(externalId !== undefined && { externalId }),
  });
  const about = {
    by: `${source}/${event.id}`,
    source,
    subject: event.subject,
    owner: source,
    since: Date.parse(reception.receivedAt),
    ...(known && { known }),
    ...(person && { person }),
    ...(isNewcomer && { isNewcomer }),
    links: people === "shared" || isSame,
    isSame,
  };
  const isPlaced = known?.userId !== undefined || person?.owner === source;
  if (change.kind === "leave" || change.kind === "import-otp") return { change, task: { ...about, change } };
  const opens = closes(change) === false;
  if (change.kind === "create") {
    if (!isPlaced || isSame)
      return { change, task: { ...about, change: { ...change, person: called(change.person) } } };
    if (opens && known?.isClosed && rehire === "reject") {
      return { change, outcome: { kind: "rejected", reason: "account-not-active", field: "status" } };
    }
    // The source has brought this person before: what its joiner says now is what has changed since.
    const whole = called(change.whole ?? change.person);
    const update: Update = { ...change, kind: "update", who: {}, whole, complete: true };
    return { change, task: updateTask(update, about, opens) };
  }
  const mayBeRenamed = now - Date.parse(reception.receivedAt) < (change.createsAfterSeconds ?? 0) * 1000;
  const complete = change.complete && (isPlaced || !mayBeRenamed);
  if (complete && (isSame || (person && !maySpeak(source, people, person, known)))) {
    const joiner = joinerOf(change, called(change.whole ?? change.person));
    return { change, task: { ...about, change: joiner, isMover: true } };
  }
  const whole = complete && { whole: called(change.whole ?? (change.person as CreateUserInfoDto)) };
  return { change, task: updateTask({ ...change, complete, ...whole }, about, opens) };
}

/**
 * A mover as it is sent. That the account is open is only news where this source said last that it is closed: most senders say it
 * with every edit, and what an operator closed at Authing stays closed until the source says something new.
 */
function updateTask(change: Update, about: Omit<Task, "change">, opens: boolean): Task {
  const { known, person, source } = about;
  const { status, ...fields } = change.person;
  const isClosed = known?.isClosed === true;
  const others = closedByOthers(person, source);
  const reopens = opens && isClosed && others.length === 0;
  const sent = opens ? (reopens ? "Activated" : undefined) : status;
  const staysClosed = others.length > 0 && ((opens && isClosed) || fields.departmentIds !== undefined);
  return {
    ...about,
    change: {
      ...change,
      person: { ...fields, ...(sent !== undefined && { status: sent }) },
      // What is said of a person who has left makes no account.
      complete: change.complete && (opens || !isClosed),
    },
    ...(staysClosed && { staysClosed }),
  };
}
