import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { FieldTold, PersonNote } from "#lib/contract/ledger.ts";
import type { Metric } from "#lib/contract/metrics.ts";
import { isDone, type Outcome } from "#lib/contract/outcome.ts";
import { recentMessages } from "#lib/contract/recent.ts";
import { staysParked, type ParkedKind } from "#lib/contract/parked.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { fieldDigests, type FieldDigest } from "#lib/ledger/field-digests.ts";
import type { Applied, ApplyPorts, ApplyRun, Claimed, Decided } from "./applying.ts";
import { leftBefore } from "./decide.ts";
import { filledFields } from "./filled-fields.ts";
import { closes, departmentsIn, nameOf, namesIn, newSubjectIn, valuesIn } from "./order.ts";
import { hasWaitedTooLong, type Wait } from "./waiting.ts";

// How an event ends for now: its outcome is recorded, it is parked, or the queue keeps it. In each case what was applied is noted
// first, then the outcome, so that a worker that ends in between does the same again.

/** An event in whatever stage it ends. */
interface Ending extends Claimed, Partial<Omit<Decided, keyof Claimed | "lockIds" | "newIds">> {
  /** Of each step. */
  readonly outcomes?: readonly Outcome[];
}

const metricOf = {
  accepted: "EventsAccepted",
  "already-done": "EventsAlreadyDone",
  superseded: "EventsSuperseded",
  rejected: "EventsRejected",
  held: "EventsHeld",
  dead: "EventsDead",
} as const satisfies Record<Outcome["kind"], Metric>;

/** Records the outcome of an event. One that is not final for good is parked as well. */
export async function record(
  ending: Ending,
  decided: Outcome,
  ports: ApplyPorts,
  error?: InboundError,
): Promise<Applied> {
  const { message, key, attempts, wasParked } = ending;
  const outcome = outcomeOfEvent(decided);
  const { kind, reason = "unknown" } = outcome;
  if (staysParked(kind)) {
    await keep(kind, reason, ending, ports, { path: error?.path ?? outcome.field, hint: error?.hint });
  }
  await remember(ending, ports);
  const now = ports.clock.now();
  const { redeliversForSeconds = 0 } = ports.source(key.source) ?? {};
  await ports.ledger.settle([recordOf(ending, outcome, now)], outcomesKeptSeconds + redeliversForSeconds);
  if (wasParked) {
    const left = (["waiting", "dead", "rejected"] as const).filter((parked) => parked !== kind);
    await Promise.all(left.map((parked) => ports.parked.remove({ kind: parked, message, ledgerId: key.id })));
  }
  const tell = staysParked(kind) ? ports.log.error : ports.log.info;
  const milliseconds = Math.max(0, now - Date.parse(message.reception.receivedAt));
  tell(
    recentMessages.settled,
    {
      source: key.source,
      event: key.id,
      outcome: kind,
      reason: outcome.reason,
      field: outcome.field,
      authingRequestId: outcome.requestId,
      attempts,
      milliseconds,
      fields: filledFields(ending.changes),
    },
    { [metricOf[kind]]: 1, EventLag: milliseconds },
  );
  return { state: "done", outcome };
}

/** Parks an event until a moment; dead, with the reason for which it waited, once it has waited for too long. */
export async function park(
  ending: Ending,
  wait: Wait,
  ports: ApplyPorts,
  { owner }: ApplyRun,
): Promise<Applied> {
  const { message, key } = ending;
  const { reason, path, hint } = wait;
  const { receivedAt } = message.reception;
  const error = new InboundError("unavailable", reason, { ...(path && { path }), ...(hint && { hint }) });
  if (hasWaitedTooLong(wait, receivedAt, ports.clock.now())) {
    return record({ ...ending, outcomes: [] }, { kind: "dead", reason }, ports, error);
  }
  const dueAt = new Date(wait.dueAt).toISOString();
  await keep("waiting", reason, ending, ports, { path, hint }, dueAt);
  await remember(ending, ports);
  await ports.ledger.release(key, owner);
  ports.log.warn(
    recentMessages.waits,
    { source: key.source, event: key.id, reason, path, dueAt },
    { EventsWaiting: 1 },
  );
  return { state: "waiting", reason, dueAt };
}

/** Leaves an event to the queue: Authing, the ledger or another worker decides when it can go on. */
export async function retry(
  { key }: Claimed,
  { code, reason, path }: InboundError,
  ports: ApplyPorts,
  { owner }: ApplyRun,
): Promise<Applied> {
  await ports.ledger.release(key, owner);
  const fields = { source: key.source, event: key.id, code, reason, path };
  ports.log.warn(recentMessages.retried, fields, { EventsRetried: 1 });
  return { state: "later", reason };
}

async function keep(
  kind: ParkedKind,
  reason: string,
  { message, key, attempts, knowledge }: Ending,
  { parked }: ApplyPorts,
  { path, hint }: { readonly path?: string | undefined; readonly hint?: string | undefined },
  dueAt?: string,
): Promise<void> {
  const { externalId } = knowledge ?? {};
  const { parkedAs: _, ...kept } = message;
  await parked.keep({
    kind,
    message: kept,
    ledgerId: key.id,
    reason,
    attempts,
    since: message.reception.receivedAt,
    ...(path !== undefined && { path }),
    ...(hint !== undefined && { hint }),
    ...(externalId !== undefined && { externalId }),
    ...(dueAt !== undefined && { dueAt }),
  });
}

function outcomeOfEvent(outcome: Outcome): Outcome {
  // A person without a way to sign in: no name is invented. The event is dead until a mapping or a permission brings one.
  return outcome.reason === "identifier-missing" ? { ...outcome, kind: "dead" } : outcome;
}

/** A change that was applied, also where another part of its event was refused. */
interface AppliedChange {
  readonly change: Change;
  readonly outcome: Outcome;
}

/** Notes what was applied: when each field was told, whose person it is, who says that the account is closed. */
async function remember(
  { message, knowledge, decision, outcomes = [] }: Ending,
  { ledger, secrets }: ApplyPorts,
): Promise<void> {
  if (message.kind !== "event" || !decision || !knowledge) return;
  const { source, event } = message;
  const { known, person, externalId } = knowledge;
  const applied = decision.steps.flatMap((step, index): AppliedChange[] => {
    const outcome = outcomes[index];
    if (!("task" in step) || !outcome) return [];
    // Its `userId` may be another person's, who has the refused identifier.
    if (outcome.closed) return [{ change: closingOf(step.change), outcome: { kind: "accepted" } }];
    return isDone(outcome) || outcome.kind === "already-done" ? [{ change: step.change, outcome }] : [];
  });
  const changes = applied.map(({ change }) => change);
  const by = { at: event.occurredAt, by: event.id };
  const told: Record<string, FieldTold> = {};
  // Also what takes effect on a later day counts as of its own moment: what was said after it, and comes late, is newer.
  const counting = [...decision.noted, ...changes];
  for (const change of counting)
    if (change !== leftBefore) for (const name of namesIn(change)) told[name] = by;
  // Of a person who is not there, only that they have left.
  const isNobody = applied.length > 0 && applied.every(({ outcome }) => outcome.reason === "user-unknown");
  if (isNobody) for (const name of Object.keys(told)) if (name !== "access") delete told[name];
  const announced = [...decision.ahead, ...changes].flatMap(lastDayIn).at(-1);
  if (announced !== undefined) told["departure"] = by;
  const firstDay = decision.ahead.flatMap((change) =>
    change.kind === "create" ? (change.firstDay ?? []) : [],
  )[0];
  if (firstDay !== undefined) told["arrival"] = by;
  if (Object.keys(told).length === 0) return;

  const isClosed = counting.flatMap((change) => closes(change) ?? []).at(-1);
  const userId = applied.find(({ outcome }) => outcome.userId !== undefined)?.outcome.userId;
  const departments = departmentsIn(changes);
  const today = person?.externalId ?? known?.externalId;
  const isRenamed = today !== undefined && externalId !== undefined && today !== externalId;
  if (isRenamed && applied.length > 0) await ledger.renamePerson(today, externalId);
  // A person who was never at Authing has not left it.
  const isThere = person !== undefined || applied.some(({ outcome }) => outcome.reason !== "user-unknown");
  const says =
    isClosed === true ? isThere : isClosed === false && person?.closedBy?.includes(source) === true;
  // What a joiner made was noted when it was made; a record that moved since has come over that note.
  const isNoted =
    !isRenamed &&
    applied.some(
      ({ change, outcome }) =>
        change.kind === "create" && change.person.externalId === externalId && outcome.userId === userId,
    );
  const isMadeAnew = userId !== undefined && userId !== person?.userId;
  if (externalId !== undefined && (says || (isMadeAnew && !isNoted))) {
    const note: PersonNote = {
      externalId,
      createdBy: `${source}/${event.id}`,
      ...(isMadeAnew && { userId }),
      ...(says && { closes: { source, isClosed: isClosed === true } }),
    };
    await ledger.recordPeople([note]);
  }

  // What is told comes last: from then on the event counts as applied.
  const moved = newSubjectIn(changes, event.subject);
  const isMoved = moved !== undefined;
  const subject = moved ?? known?.subject ?? event.subject;
  const digests = digestsOf(applied, await digestsFor(source, subject, secrets));
  for (const [name, digest] of Object.entries(digests))
    if (told[name] !== undefined) told[name] = { ...by, digest };
  await ledger.tell({
    ...(isMoved && known),
    source,
    subject,
    ...(externalId !== undefined && applied.length > 0 && { externalId }),
    ...(userId !== undefined && { userId }),
    ...(departments.length > 0 && { departments }),
    told: isMoved ? { ...known?.told, ...told } : told,
    ...(isClosed !== undefined && { isClosed }),
    ...(announced !== undefined && { lastDay: announced }),
    ...(firstDay !== undefined && { firstDay }),
  });
  if (isMoved) await ledger.tell({ source, subject: event.subject, movedTo: moved, told: { subject: by } });
}

/** Without the key an event is recorded as well: a roster takes its fields for different then, once. */
export async function digestsFor(source: string, subject: string, secrets: ApplyPorts["secrets"]) {
  const digests = await fieldDigests(secrets).catch((error: unknown) => {
    if (!(error instanceof InboundError)) throw error;
  });
  return digests?.(source, subject);
}

/** The digests of the values that were applied. A field that Authing refused is told, and differs in the next roster. */
function digestsOf(
  applied: readonly AppliedChange[],
  digest: FieldDigest | undefined,
): Record<string, string> {
  if (!digest) return {};
  return Object.fromEntries(
    applied.flatMap(({ change, outcome }) => {
      const refused = outcome.partly && outcome.field !== undefined ? nameOf(outcome.field) : undefined;
      return Object.entries(valuesIn(change))
        .filter(([name]) => name !== refused)
        .map(([name, value]) => [name, digest(name, value)] as const);
    }),
  );
}

/** What was applied of a mover that was refused, save that it closed the account. */
function closingOf(change: Change): Change {
  if (change.kind !== "update" || change.person.status === undefined) return change;
  const { status } = change.person;
  return { kind: "update", who: change.who, person: { status }, complete: false, trail: {} };
}

/** The last day that a change announces; empty where it says that none is planned. */
function lastDayIn(change: Change): string[] {
  if (change.kind === "leave") return change.lastDay === undefined ? [] : [change.lastDay];
  return "departure" in change && change.departure === "none" ? [""] : [];
}

function recordOf(
  { message, key, changes, readAt, knowledge, decision }: Ending,
  outcome: Outcome,
  now: number,
) {
  const event = message.kind === "event" ? message.event : undefined;
  const made = eventRecord(
    {
      key,
      type: event?.type ?? "unreadable",
      subject: event?.subject,
      externalId: knowledge?.externalId,
      occurredAt: event?.occurredAt,
      reception: message.reception,
      changes: changes ?? [],
      outcome,
    },
    now,
  );
  const { superseded = {} } = decision ?? {};
  const datedAhead = message.kind === "event" ? message.datedAhead : undefined;
  return {
    ...made,
    ...(datedAhead !== undefined && {
      trail: { ...made.trail, occurredAt: `${datedAhead} · ahead of its receipt, which counts instead` },
    }),
    ...(readAt !== undefined && { readAt }),
    ...(Object.keys(superseded).length > 0 && { superseded }),
  };
}
