import type { sourceApis } from "#lib/http/source-api.ts";
import type { DeliveryPorts, Task } from "#lib/delivery/context.ts";
import { deliver } from "#lib/delivery/deliver.ts";
import { fieldsOnlyAtCreate } from "#lib/authing/dto.ts";
import type { Claim, EventKey, EventRecord } from "#lib/ledger/ledger.ts";
import type { Change } from "./change.ts";
import { InboundError } from "./errors.ts";
import type { Outcome } from "./outcome.ts";
import type { DeadLetters, Log, QueuedMessage } from "./ports.ts";
import type { SecretReader } from "./secrets.ts";
import type { Source, SourceEvent, TranslationContext } from "./source.ts";

/** What the worker needs of a source. Its secret is opaque here. */
type Worker = Pick<Source<unknown>, "secret" | "redeliversForSeconds" | "fetch" | "translate">;

export interface ApplyPorts extends DeliveryPorts {
  /** The sources that are switched on. */
  readonly source: (name: string) => Worker | undefined;
  readonly translation: (source: string) => TranslationContext;
  readonly secrets: SecretReader;
  readonly openApi: ReturnType<typeof sourceApis>;
  readonly deadLetters: DeadLetters;
  readonly log: Log;
}

/** How long one message may be worked on before somebody else may take it over, in seconds. */
const leaseSeconds = 120;
/** How long the events of one person wait for each other within an invocation, and how often they look, in milliseconds. */
const turnMilliseconds = 10_000;
const lookMilliseconds = 50;
/** How often the same words may be news while the ledger remembers the first time. */
const maxRepetitions = 100;
/** Outcomes are kept this long beyond the sender's own retries, in seconds: long enough to be asked about. */
const explainForSeconds = 14 * 86_400;

/**
 * One message of the queue, from what it means to its effect: claim, translate, deliver, settle. `done` means that it
 * need not come again, whatever became of it; `later` that it must.
 */
export async function apply(
  message: QueuedMessage,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<"done" | "later"> {
  const { key, claim } = await claimMessage(message, ports, run.owner);
  const at = { source: key.source, event: key.id };
  if (claim.state === "busy") return "later";
  if (claim.state === "settled") {
    ports.log.info("event seen before", { ...at, outcome: claim.record.outcome.kind });
    return "done";
  }

  const result = await decide(message, ports, run.deadline);
  if (result instanceof InboundError) {
    await ports.ledger.release(key, run.owner);
    ports.log.warn("event comes again", { ...at, code: result.code, reason: result.reason });
    return "later";
  }

  const { outcome, changes, externalId } = result;
  if (outcome.kind === "dead") await ports.deadLetters.send(message, outcome.reason ?? "unknown");
  if (message.kind === "event" && (outcome.kind === "accepted" || outcome.kind === "already-done")) {
    await remember(message.source, message.event, result, ports);
  }
  await ports.ledger.settle(
    [recordOf(key, message, { outcome, changes, externalId, settledAt: ports.clock.now() })],
    explainForSeconds + (ports.source(message.source)?.redeliversForSeconds ?? 0),
  );
  ports.log.info("event settled", {
    ...at,
    outcome: outcome.kind,
    reason: outcome.reason,
    field: outcome.field,
    requestId: outcome.requestId,
    attempts: claim.attempts,
  });
  return "done";
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
  const id = message.kind === "event" ? message.event.id : message.id;
  const repeatsFor = (source(message.source)?.redeliversForSeconds ?? Infinity) * 1000;
  const receivedAt = Date.parse(message.reception.receivedAt);
  for (let times = 0; ; times += 1) {
    const key: EventKey = { source: message.source, id: times === 0 ? id : `${id}~${times}` };
    const claim = await ledger.claim(key, { owner, leaseSeconds });
    const isNews = claim.state === "settled" && receivedAt - Date.parse(claim.record.receivedAt) > repeatsFor;
    if (!isNews || times === maxRepetitions) return { key, claim };
  }
}

interface Decision {
  readonly outcome: Outcome;
  readonly changes: readonly Change[];
  readonly externalId: string | undefined;
}

/** What becomes of a message; an error when that cannot be said today. */
async function decide(
  message: QueuedMessage,
  ports: ApplyPorts,
  deadline: number,
): Promise<Decision | InboundError> {
  const nothing = { changes: [], externalId: undefined };
  if (message.kind === "unreadable") return { ...nothing, outcome: { kind: "dead", reason: message.reason } };

  const { event } = message;
  const source = ports.source(message.source);
  if (!source) return { ...nothing, outcome: { kind: "dead", reason: "source-not-enabled" } };

  const known = await ports.ledger.subject(message.source, event.subject);
  if (known && known.appliedAt > event.occurredAt) {
    const outcome = { kind: "superseded", by: `${message.source}/${known.appliedBy}` } as const;
    return { changes: [], externalId: known.externalId, outcome };
  }
  let changes: readonly Change[];
  try {
    const payload = await payloadOf(message.source, source, event, ports, deadline);
    changes = source.translate({ ...event, payload }, ports.translation(message.source));
  } catch (error) {
    if (error instanceof InboundError && error.retryable) return error;
    const reason = error instanceof InboundError ? error.reason : "translation-failed";
    return { ...nothing, externalId: known?.externalId, outcome: { kind: "dead", reason } };
  }
  const externalId = externalIdOf(changes, known?.externalId);
  if (changes.length === 0) {
    return { changes, externalId, outcome: { kind: "already-done", reason: "nothing-to-do" } };
  }

  const by = `${message.source}/${event.id}`;
  const tasks = changes.map((change): Task => ({
    change,
    by,
    source: message.source,
    subject: event.subject,
  }));
  const delivered = await inTurn(externalId, by, ports, () => deliver(tasks, { ...ports, deadline }));
  if (delivered === "busy") return new InboundError("unavailable", "person-busy");
  if (delivered.stopped) return delivered.stopped;
  const outcome = worstOf(delivered.outcomes);
  // Nobody to log in as: no name is invented. It waits among the dead letters for a better mapping or more permissions.
  const isNobody = outcome.reason === "identifier-missing";
  return { changes, externalId, outcome: isNobody ? { ...outcome, kind: "dead" } : outcome };
}

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

/**
 * Two sources may speak of one person at the same moment, and the queue only orders the events of one source. Whoever
 * comes second waits for the first to be done, and then finds the person.
 */
async function inTurn<Result>(
  externalId: string | undefined,
  by: string,
  { ledger, clock }: Pick<ApplyPorts, "ledger" | "clock">,
  work: () => Promise<Result>,
): Promise<Result | "busy"> {
  if (externalId === undefined) return work();
  const turn: EventKey = { source: "people", id: externalId };
  const waitsUntil = clock.now() + turnMilliseconds;
  while ((await ledger.claim(turn, { owner: by, leaseSeconds })).state !== "claimed") {
    if (clock.now() >= waitsUntil) return "busy";
    await clock.wait(lookMilliseconds);
  }
  try {
    return await work();
  } finally {
    await ledger.release(turn, by);
  }
}

/** An event counts as its least happy change. */
function worstOf(outcomes: readonly (Outcome | undefined)[]): Outcome {
  const order = ["dead", "rejected", "held", "accepted", "superseded", "already-done"] as const;
  for (const kind of order) {
    const found = outcomes.find((outcome) => outcome?.kind === kind);
    if (found) return found;
  }
  return { kind: "dead", reason: "outcome-missing" };
}

async function remember(
  source: string,
  event: SourceEvent,
  { outcome, changes, externalId }: Decision,
  ports: ApplyPorts,
): Promise<void> {
  if (changes.length === 0) return;
  const left = changes.some((change) => change.kind === "leave");
  await ports.ledger.recordSubject({
    source,
    subject: event.subject,
    ...(externalId !== undefined && { externalId }),
    ...(outcome.userId !== undefined && { userId: outcome.userId }),
    appliedAt: event.occurredAt,
    appliedBy: event.id,
    left,
  });
  if (externalId === undefined) return;
  const isBack = changes.some((change) => change.kind === "create") && outcome.kind === "accepted";
  if (!left && !isBack) return;
  await ports.ledger.recordPeople([
    { externalId, createdBy: outcome.by ?? `${source}/${event.id}`, leftBy: left ? source : "" },
  ]);
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

function recordOf(
  key: EventKey,
  message: QueuedMessage,
  decided: Decision & { settledAt: number },
): EventRecord {
  const event = message.kind === "event" ? message.event : undefined;
  const traced = decided.changes.filter((change) => "trail" in change);
  const leftOut = traced.flatMap((change) => [
    ...(change.leftOut ?? []),
    // Authing changes these by other means than an update; told here, so that nobody wonders.
    ...(change.kind === "update" ? fieldsOnlyAtCreate.filter((field) => field in change.person) : []).map(
      (field) => ({ path: change.trail[field] ?? field, problem: "only-at-create" }),
    ),
  ]);
  return {
    ...key,
    type: event?.type ?? "unreadable",
    subject: event?.subject ?? "",
    ...(decided.externalId !== undefined && { externalId: decided.externalId }),
    occurredAt: event?.occurredAt ?? message.reception.receivedAt,
    receivedAt: message.reception.receivedAt,
    settledAt: new Date(decided.settledAt).toISOString(),
    proof: message.reception.proof,
    changes: decided.changes.map((change) => change.kind),
    trail: Object.assign({}, ...traced.map((change) => change.trail)),
    ...(leftOut.length > 0 && { leftOut }),
    outcome: decided.outcome,
  };
}
