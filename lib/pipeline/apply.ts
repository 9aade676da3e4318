import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { separated } from "#lib/delivery/totp-secrets.ts";
import { withWireDrops } from "#lib/delivery/wire-drops.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import type { sourceApis } from "#lib/source-apis/source-api.ts";
import type { Claim, EventKey, PersonRecord, SubjectRecord } from "#lib/contract/ledger.ts";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { isAwayAfter, isDeparture, mayLeave } from "./guard.ts";
import type { Metric } from "#lib/contract/metrics.ts";
import { isDone, leastHappy, type Outcome } from "#lib/contract/outcome.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Shelf } from "#lib/contract/parked.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { Source, SourceEvent, TranslationContext } from "#lib/contract/source.ts";

/** What the worker needs of a source. Its secret is opaque here. */
type Worker = Pick<Source<unknown>, "secret" | "redeliversForSeconds" | "fetch" | "translate">;

export interface ApplyPorts extends DeliveryPorts {
  /** The sources that are switched on. */
  readonly source: (name: string) => Worker | undefined;
  readonly translation: (source: string) => TranslationContext;
  readonly secrets: SecretReader;
  readonly openApi: ReturnType<typeof sourceApis>;
  /** Where messages wait for a person: dead letters, and departures that are held. */
  readonly shelf: Shelf;
}

export interface ApplyRun {
  /** Names the invocation: whoever claims. */
  readonly owner: string;
  /** Milliseconds since 1970: nothing new is begun after it. */
  readonly deadline: number;
  /** A person has decided that these departures are meant. */
  readonly releases?: boolean;
}

/** What became of a message. */
export type Applied =
  /** It need not come again. */
  | { readonly state: "done"; readonly outcome: Outcome }
  /** It comes again, and its person's later ones after it. */
  | { readonly state: "later" }
  /** It comes again, and its person's later ones need not wait: one of them may be what it waits for. */
  | { readonly state: "aside" };

/** How long one message may be worked on before somebody else may take it over, in seconds. */
const leaseSeconds = 120;
/** How long the events of one person wait for each other within an invocation, and how often they look, in milliseconds. */
const turnMilliseconds = 10_000;
const lookMilliseconds = 50;
/** How often the same words may be news while the ledger remembers the first time. */
const maxRepetitions = 100;
/**
 * How long an event may come again, in milliseconds. SQS forgets a message after 14 days; before that the event is put on the
 * shelf, where nothing is forgotten.
 */
const longestWaitMilliseconds = 10 * 86_400_000;
/** How long after its receipt a TOTP secret waits for somebody to be created, in milliseconds. */
const awaitsPersonMilliseconds = 3_600_000;

/**
 * Messages of the queue, from what they mean to their effect: claim, translate, deliver together, settle each. In the order
 * of the messages: what became of each. Messages of one person must not come in one call.
 */
export async function apply(
  messages: readonly QueuedMessage[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<Applied[]> {
  const begun = await Promise.all(messages.map((message) => begin(message, ports, run)));
  const applied = new Map<Begun, Applied>();
  for (const work of begun) {
    if ("applied" in work) applied.set(work, work.applied);
    else if ("waitsFor" in work) applied.set(work, await comeAgain(work, ports, run));
    else if ("outcomes" in work) applied.set(work, await settle(work, ports));
  }
  // Two sources may speak of one person in one call: then the second one's changes go after the first one's.
  let waiting = begun.filter((work) => "tasks" in work);
  while (waiting.length > 0) {
    const people = new Set<string>();
    const round = waiting.filter(({ externalId }) => {
      if (externalId === undefined) return true;
      const isFirst = !people.has(externalId);
      people.add(externalId);
      return isFirst;
    });
    waiting = waiting.filter((work) => !round.includes(work));
    for (const [work, result] of await deliverTogether(round, ports, run)) applied.set(work, result);
  }
  return begun.map((work) => applied.get(work) ?? { state: "later" });
}

async function deliverTogether(
  works: readonly Translated[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<[Translated, Applied][]> {
  const turns = await Promise.all(works.map((work) => takeTurn(work, ports)));
  const ready = works.filter((_, index) => turns[index]);
  const outcomes = await outcomesOf(ready, ports, run);
  return Promise.all(
    works.map(async (work): Promise<[Translated, Applied]> => {
      const own = outcomes.get(work) ?? new InboundError("unavailable", "person-busy");
      const result =
        own instanceof InboundError
          ? await comeAgain({ ...work, waitsFor: own }, ports, run)
          : awaitsPerson(work, own, ports.clock.now())
            ? await comeAgain({ ...work, waitsFor: personMissing }, ports, run, "aside")
            : await settle({ ...work, outcomes: own }, ports);
      if (ready.includes(work)) await giveTurn(work, ports);
      return [work, result];
    }),
  );
}

/** What became of the changes of each, or why that cannot be said today. A defect that one of them brings to light spares the others. */
async function outcomesOf(
  works: readonly Translated[],
  ports: ApplyPorts,
  run: ApplyRun,
): Promise<Map<Translated, readonly Outcome[] | InboundError>> {
  const tasks = works.flatMap((work) => work.tasks);
  try {
    const { outcomes, stopped } = await deliver(tasks, { ...ports, deadline: run.deadline });
    const outcomeOf = new Map(tasks.map((task, index) => [task, outcomes[index]]));
    return new Map(
      works.map((work) => {
        const own = work.tasks.flatMap((task) => outcomeOf.get(task) ?? []);
        const isDecided = own.length === work.tasks.length;
        return [work, isDecided ? own : (stopped ?? new InboundError("unavailable", "undecided"))];
      }),
    );
  } catch (error) {
    const [only, ...more] = works;
    if (only === undefined) return new Map();
    if (more.length === 0) {
      ports.log.error("delivery failed", { reason: error instanceof Error ? error.name : "unknown" });
      return new Map([[only, new InboundError("unavailable", "delivery-failed")]]);
    }
    const alone = await Promise.all(works.map((work) => outcomesOf([work], ports, run)));
    return new Map(alone.flatMap((each) => [...each]));
  }
}

const personMissing = new InboundError("unavailable", "user-unknown");

/** A TOTP secret may be told before its person is: by another source, or in another order. */
function awaitsPerson({ message, changes }: Translated, outcomes: readonly Outcome[], now: number): boolean {
  return (
    changes.some(({ kind }) => kind === "import-otp") &&
    outcomes.every(({ kind, reason }) => kind === "rejected" && reason === personMissing.reason) &&
    now - Date.parse(message.reception.receivedAt) < awaitsPersonMilliseconds
  );
}

/** A message that is ours to decide. */
interface Claimed {
  readonly message: QueuedMessage;
  readonly key: EventKey;
  readonly attempts: number;
}

interface Read extends Claimed {
  readonly changes: readonly Change[];
  readonly externalId: string | undefined;
}

interface Decided extends Read {
  /** Of each change; or one for all, where none of them was delivered. */
  readonly outcomes: readonly Outcome[];
}

interface Translated extends Read {
  readonly tasks: readonly Task[];
}

interface Deferred extends Claimed {
  /** What has to end before it can be decided. */
  readonly waitsFor: InboundError;
}

type Begun = { readonly applied: Applied } | Deferred | Decided | Translated;

/** Everything before delivery: what is decided without it, what must wait, and for the rest its tasks. */
async function begin(message: QueuedMessage, ports: ApplyPorts, run: ApplyRun): Promise<Begun> {
  const { key, claim } = await claimMessage(message, ports, run.owner);
  if (claim.state === "busy") return { applied: { state: "later" } };
  if (claim.state === "settled") {
    ports.log.info("event seen before", {
      source: key.source,
      event: key.id,
      outcome: claim.record.outcome.kind,
    });
    return { applied: { state: "done", outcome: claim.record.outcome } };
  }
  const claimed: Claimed = { message, key, attempts: claim.attempts };
  try {
    return await prepare(claimed, ports, run);
  } catch (error) {
    if (error instanceof InboundError && error.retryable) return { ...claimed, waitsFor: error };
    const reason = error instanceof InboundError ? error.reason : "translation-failed";
    return { ...claimed, changes: [], externalId: undefined, outcomes: [{ kind: "dead", reason }] };
  }
}

/** Throws what nobody can read or translate as `malformed`: it is dead. */
async function prepare(claimed: Claimed, ports: ApplyPorts, run: ApplyRun): Promise<Begun> {
  const { message } = claimed;
  if (message.kind === "unreadable") throw new InboundError("malformed", message.reason);
  const source = ports.source(message.source);
  if (!source) throw new InboundError("malformed", "source-not-enabled");

  const { event } = message;
  const known = await ports.ledger.subject(message.source, event.subject);
  if (known && known.appliedAt > event.occurredAt) {
    const outcome = { kind: "superseded", by: `${message.source}/${known.appliedBy}` } as const;
    return { ...claimed, changes: [], externalId: known.externalId, outcomes: [outcome] };
  }
  const payload = await payloadOf(message.source, source, event, ports, run.deadline);
  const translated = source.translate({ ...event, payload }, ports.translation(message.source));
  const changes = separated(translated).map((change) => withWireDrops(change, ports));
  const externalId = externalIdOf(changes, known?.externalId);
  if (changes.length === 0) {
    const outcome = { kind: "already-done", reason: "nothing-to-do" } as const;
    return { ...claimed, changes, externalId, outcomes: [outcome] };
  }
  const isHeldBack =
    !run.releases &&
    isDeparture(changes, known) &&
    !(await mayLeave(message.source, event, changes, known, ports));
  if (isHeldBack) {
    return { ...claimed, changes, externalId, outcomes: [{ kind: "held", reason: "mass-departure" }] };
  }

  const by = `${message.source}/${event.id}`;
  const tasks = changes.map((change): Task => ({
    change,
    by,
    source: message.source,
    subject: event.subject,
  }));
  return { ...claimed, changes, externalId, tasks };
}

async function comeAgain(
  deferred: Deferred,
  ports: ApplyPorts,
  { owner }: ApplyRun,
  state: "later" | "aside" = "later",
): Promise<Applied> {
  const { message, key, waitsFor } = deferred;
  if (ports.clock.now() - Date.parse(message.reception.receivedAt) > longestWaitMilliseconds) {
    const outcome = { kind: "dead", reason: "waited-too-long" } as const;
    return settle({ ...deferred, changes: [], externalId: undefined, outcomes: [outcome] }, ports);
  }
  await ports.ledger.release(key, owner);
  const { code, reason, path } = waitsFor;
  const fields = { source: key.source, event: key.id, code, reason, path };
  ports.log.warn("event comes again", fields, { EventsComeAgain: 1 });
  return { state };
}

const metricOf = {
  accepted: "EventsAccepted",
  "already-done": "EventsAlreadyDone",
  superseded: "EventsSuperseded",
  rejected: "EventsRejected",
  held: "EventsHeld",
  dead: "EventsDead",
} as const satisfies Record<Outcome["kind"], Metric>;

async function settle(decided: Decided, ports: ApplyPorts): Promise<Applied> {
  const { message, key, attempts } = decided;
  const outcome = outcomeOfEvent(decided.outcomes);
  if (outcome.kind === "dead" || outcome.kind === "held") {
    const { reason = "unknown", kind } = outcome;
    const since = message.reception.receivedAt;
    await ports.shelf.keep({ kind, message, ledgerId: key.id, reason, attempts, since });
  }
  if (message.kind === "event") await remember(message.source, message.event, decided, ports);
  await ports.ledger.settle(
    [recordOf(decided, outcome, ports.clock.now())],
    outcomesKeptSeconds + (ports.source(message.source)?.redeliversForSeconds ?? 0),
  );
  const tell = outcome.kind === "dead" || outcome.kind === "held" ? ports.log.error : ports.log.info;
  const lag = Math.max(0, ports.clock.now() - Date.parse(message.reception.receivedAt));
  tell(
    "event settled",
    {
      source: key.source,
      event: key.id,
      outcome: outcome.kind,
      reason: outcome.reason,
      field: outcome.field,
      authingRequestId: outcome.requestId,
      attempts,
    },
    { [metricOf[outcome.kind]]: 1, EventLag: lag },
  );
  return { state: "done", outcome };
}

/**
 * Claims an event under its id. Where a sender has no ids of events, an id is a hash of what was said, and the same may be
 * true again: after the time over which the sender repeats itself, the same id is news and gets a number behind it. Somebody
 * who replays an old event by hand does no harm by that: what was applied since supersedes it.
 */
async function claimMessage(
  message: QueuedMessage,
  { ledger, source }: Pick<ApplyPorts, "ledger" | "source">,
  owner: string,
): Promise<{ key: EventKey; claim: Claim }> {
  const id = idOf(message);
  const repeatsFor = (source(message.source)?.redeliversForSeconds ?? Infinity) * 1000;
  const receivedAt = Date.parse(message.reception.receivedAt);
  for (let times = 0; ; times += 1) {
    const key: EventKey = { source: message.source, id: times === 0 ? id : `${id}~${times}` };
    const claim = await ledger.claim(key, { owner, leaseSeconds });
    const isNews = claim.state === "settled" && receivedAt - Date.parse(claim.record.receivedAt) > repeatsFor;
    if (!isNews || times === maxRepetitions) return { key, claim };
  }
}

/**
 * Two sources may speak of one person at the same moment, and the queue only orders the events of one source. Whoever
 * comes second waits for the first to be done, and then finds the person. `false` when that took too long.
 */
async function takeTurn(work: Translated, { ledger, clock }: ApplyPorts): Promise<boolean> {
  const turn = turnOf(work);
  if (!turn) return true;
  const waitsUntil = clock.now() + turnMilliseconds;
  while ((await ledger.claim(turn.key, { owner: turn.owner, leaseSeconds })).state !== "claimed") {
    if (clock.now() >= waitsUntil) return false;
    await clock.wait(lookMilliseconds);
  }
  return true;
}

async function giveTurn(work: Translated, { ledger }: ApplyPorts): Promise<void> {
  const turn = turnOf(work);
  if (turn) await ledger.release(turn.key, turn.owner);
}

function turnOf({ key, externalId }: Translated): { key: EventKey; owner: string } | undefined {
  return externalId === undefined
    ? undefined
    : { key: { source: "people", id: externalId }, owner: `${key.source}/${key.id}` };
}

const idOf = (message: QueuedMessage) => (message.kind === "event" ? message.event.id : message.id);

/** What `translate` is to read: the event's own payload, completed at the source where the source has events that only say who. */
async function payloadOf(
  name: string,
  { fetch, secret: shape }: Worker,
  event: SourceEvent,
  { secrets, openApi }: Pick<ApplyPorts, "secrets" | "openApi">,
  deadline: number,
): Promise<unknown> {
  if (!fetch) return event.payload;
  const [secret] = await secrets.read(`sources/${name}`, shape);
  return fetch.read(event, openApi(fetch, secret, deadline));
}

function outcomeOfEvent(outcomes: readonly Outcome[]): Outcome {
  const outcome = leastHappy(outcomes) ?? { kind: "dead", reason: "no-outcome" };
  // Nobody to log in as: no name is invented. It waits among the dead letters for a better mapping or more permissions.
  return outcome.reason === "identifier-missing" ? { ...outcome, kind: "dead" } : outcome;
}

/** What was applied, also where a part of the event was refused: a person who was created is there, whatever became of their secret. */
async function remember(
  source: string,
  event: SourceEvent,
  { outcomes, changes, externalId }: Decided,
  ports: ApplyPorts,
): Promise<void> {
  const applied = changes.flatMap((change, index) => {
    const outcome = outcomes[index];
    return outcome && (isDone(outcome) || outcome.kind === "already-done") ? [{ change, outcome }] : [];
  });
  if (applied.length === 0) return;
  const left = applied.flatMap(({ change }) => isAwayAfter(change) ?? []).at(-1);
  const userId = applied.find(({ outcome }) => outcome.userId !== undefined)?.outcome.userId;
  const departments = applied.flatMap(({ change }) =>
    "person" in change ? (change.person.departmentIds ?? []) : [],
  );
  const record: SubjectRecord = {
    source,
    subject: event.subject,
    ...(externalId !== undefined && { externalId }),
    ...(userId !== undefined && { userId }),
    ...(departments.length > 0 && { departments }),
    appliedAt: event.occurredAt,
    appliedBy: event.id,
    ...(left !== undefined && { left }),
  };
  await ports.ledger.recordSubject(record);
  if (externalId === undefined) return;
  const person = await ports.ledger.person(externalId);
  const leftBy = leftByAfter(applied, source, person);
  if (leftBy === undefined || leftBy === person?.leftBy) return;
  await ports.ledger.recordPeople([{ externalId, createdBy: `${source}/${event.id}`, leftBy }]);
}

/** Who says, from this event on, that the person is away; empty: nobody any more; `undefined`: the event does not tell. */
function leftByAfter(
  applied: readonly { change: Change; outcome: Outcome }[],
  source: string,
  person: PersonRecord | undefined,
): string | undefined {
  const left = applied.find(({ change }) => change.kind === "leave");
  if (left) {
    // Who was never there has not left; and the source that brought them has the last word.
    const wasThere = person !== undefined || left.outcome.reason !== "user-unknown";
    const isSaid = person?.leftBy && person.createdBy.startsWith(`${person.leftBy}/`);
    return wasThere && !isSaid ? source : undefined;
  }
  const isBack = applied.some(({ change, outcome }) =>
    change.kind === "create"
      ? // A process may have ended between opening the account and writing it down.
        isDone(outcome) || person?.leftBy === source
      : change.kind === "update" &&
        change.person.status === "Activated" &&
        isDone(outcome) &&
        outcome.reason !== "stays-closed",
  );
  return isBack && person?.leftBy ? "" : undefined;
}

/**
 * Our id of the person at Authing: what a joiner or mover brings, then what the ledger knows of the subject. What a leaver
 * is called comes last: a deletion often says the source's own id only.
 */
function externalIdOf(changes: readonly Change[], known: string | undefined): string | undefined {
  const brought = changes.flatMap((change) => ("person" in change ? (change.person.externalId ?? []) : []));
  const called = changes.flatMap((change) => ("who" in change ? (change.who.externalId ?? []) : []));
  return brought[0] ?? known ?? called[0];
}

function recordOf({ key, message, changes, externalId }: Decided, outcome: Outcome, now: number) {
  const event: Partial<SourceEvent> = message.kind === "event" ? message.event : {};
  const { type = "unreadable", subject, occurredAt } = event;
  const { reception } = message;
  return eventRecord({ key, type, subject, externalId, occurredAt, reception, changes, outcome }, now);
}
