import * as z from "zod/mini";
import { InboundError } from "#lib/contract/errors.ts";
import type { EventKey } from "#lib/contract/ledger.ts";
import type { ParkedKind, ParkedMessage } from "#lib/contract/parked.ts";
import type { EventMessage, QueuedMessage } from "#lib/contract/queue.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { apply } from "#lib/pipeline/apply.ts";
import type { ApplyPorts, ApplyRun } from "#lib/pipeline/applying.ts";
import { decide } from "#lib/pipeline/decide.ts";
import { knowledgeOf } from "#lib/pipeline/knowledge.ts";
import { meaningOf } from "#lib/pipeline/meaning.ts";
import { reopenDelivery } from "#lib/pipeline/verified-delivery.ts";
import { nextStep } from "#lib/reasons/explain-reason.ts";

const ParkedKinds = z.enum(["dead", "held", "rejected", "waiting"]);
/** Which of the parked messages an operation is about: those of one source, or one message; without either, all of them. */
const scope = { source: z.optional(z.string()), id: z.optional(z.string()) };

/** What an operator may ask for about parked messages and about sources. */
export const OperationRequest = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.literal("list"), kind: ParkedKinds, ...scope }),
  /** Reads, translates and delivers dead and rejected messages with today's code; with `dryRun` only says what would happen. */
  z.strictObject({
    operation: z.literal("redrive"),
    kind: z._default(z.enum(["dead", "rejected"]), "dead"),
    dryRun: z._default(z.boolean(), false),
    ...scope,
  }),
  /** Lets held messages go on. `as: "same"`: the account that holds the person's identifier is this person's. */
  z.strictObject({ operation: z.literal("release"), as: z.optional(z.literal("same")), ...scope }),
  /** Gives messages up: nothing happens to any account. */
  z.strictObject({ operation: z.literal("discard"), kind: z._default(ParkedKinds, "held"), ...scope }),
  /** Stores the events of a source without applying them, or applies them again. */
  z.strictObject({ operation: z.literal("pause"), source: z.string() }),
  z.strictObject({ operation: z.literal("resume"), source: z.string() }),
]);
export type OperationRequest = z.infer<typeof OperationRequest>;

/** What became of one message, or would. Codes and ids only. */
export interface OperationResult {
  readonly kind?: ParkedKind;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** When it was received first, ISO 8601, UTC. */
  readonly since: string;
  readonly attempts: number;
  /** Why it is parked, where in the input, and what to do next. */
  readonly reason: string;
  readonly path?: string;
  readonly hint?: string;
  readonly externalId?: string;
  /** When it is tried again, ISO 8601, UTC. */
  readonly dueAt?: string;
  /** What happened, or would: an outcome, with its reason where it has one. */
  readonly result?: string;
}

const isRetried = "retried";
/** Messages that one operation deals with, the oldest ones; the rest is left for the next. */
export const maxMessages = 1000;
/** Messages among which one is looked for by its id. */
const maxSearched = 20_000;

/**
 * Carries out one operation. Each is safe to ask for twice: what is over is parked no more, and what was told since an event was
 * parked supersedes it, field by field.
 */
export async function operate(
  request: OperationRequest,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<OperationResult[]> {
  const { operation } = request;
  if (operation === "pause" || operation === "resume") return pauseOrResume(request, ports);
  const kind = operation === "release" ? "held" : request.kind;
  const { source, id } = request;
  const listed = await ports.parked.list(kind, id === undefined ? maxMessages : maxSearched, source);
  const results: OperationResult[] = [];
  for (const parked of listed.filter(({ ledgerId }) => id === undefined || ledgerId === id)) {
    const result = await carryOut(request, parked, ports, run);
    results.push({ ...about(parked), ...(result !== undefined && { result }) });
  }
  return results;
}

async function carryOut(
  request: Exclude<OperationRequest, { operation: "pause" | "resume" }>,
  parked: ParkedMessage,
  ports: ApplyPorts,
  run: { owner: string; deadline: number },
): Promise<string | undefined> {
  switch (request.operation) {
    case "list":
      return undefined;
    case "discard":
      return discard(parked, ports, run);
    case "redrive":
      return request.dryRun ? preview(parked, ports, run) : again(parked, ports, run);
    case "release": {
      // What is held for its identifier is the operator's to place; a departure that is held is only theirs to let go.
      const isAboutAccount = parked.reason !== "mass-departure";
      if (isAboutAccount !== (request.as === "same")) {
        return isAboutAccount ? "needs --as same, or discard" : "is no question of an account";
      }
      return again(parked, ports, { ...run, releases: true, isSame: isAboutAccount });
    }
  }
}

/**
 * Begins or ends a pause. What was stored meanwhile comes back at once; of more than `maxMessages` the rest comes by itself within
 * minutes. Throws `malformed` for a source that is neither switched on nor paused.
 */
async function pauseOrResume(
  { operation, source }: { readonly operation: "pause" | "resume"; readonly source: string },
  { ledger, parked, events, clock, source: sourceOf }: ApplyPorts,
): Promise<OperationResult[]> {
  // A pause that goes on keeps its beginning, which alarms go by.
  const pausedSince = await ledger.pausedSince(source);
  if (!sourceOf(source) && pausedSince === undefined) {
    throw new InboundError("malformed", "source-not-enabled", {
      path: source,
      hint: "name a source of inbound.config.ts that is switched on",
    });
  }
  if (operation === "pause") {
    await ledger.pause(source, pausedSince ?? new Date(clock.now()).toISOString());
    return [];
  }
  await ledger.pause(source, undefined);
  const stored = await parked.list("waiting", maxMessages, source);
  const paused = stored.filter(({ reason }) => reason === "source-paused");
  await events.send(paused.map(({ message }) => ({ ...message, wasParked: true })));
  return paused.map((each) => ({ ...about(each), result: "comes back" }));
}

function about({ kind, message, ledgerId, since, attempts, ...parked }: ParkedMessage): OperationResult {
  const { reason, path, externalId, dueAt } = parked;
  // Without the id of the event: a list shows what to do once for each reason.
  const { hint = nextStep(reason, { language: "en", source: message.source }) } = parked;
  return {
    kind,
    source: message.source,
    id: ledgerId,
    type: message.kind === "event" ? message.event.type : "unreadable",
    since,
    attempts,
    reason,
    ...(path !== undefined && { path }),
    ...(hint !== undefined && { hint }),
    ...(externalId !== undefined && { externalId }),
    ...(dueAt !== undefined && { dueAt }),
  };
}

/** Says what applying a parked message would come to, and changes nothing. The source is asked where its events only say who. */
async function preview(
  { message }: ParkedMessage,
  ports: ApplyPorts,
  { deadline }: { readonly deadline: number },
): Promise<string> {
  const messages = readAgain(message, ports);
  if (messages instanceof InboundError) return `dead ${messages.reason}`;
  const each = await Promise.all(
    messages.map(async (event) => {
      try {
        const { changes } = await meaningOf(event, ports, deadline);
        const knowledge = await knowledgeOf({ message: event, changes }, ports);
        const { steps, outcome, ahead } = decide(event, changes, knowledge, {
          people: ports.peoplePolicy(event.source),
          rehire: ports.rehirePolicy(event.source),
          timeZone: ports.timeZone,
          now: ports.clock.now(),
          isSame: false,
        });
        if (outcome) return wordsOf(outcome);
        const due = steps.map((step) => ("task" in step ? step.task.change.kind : wordsOf(step.outcome)));
        return [...due, ...ahead.map(({ kind }) => `${kind} later`)].join(" + ");
      } catch (error) {
        const { reason, retryable } = error instanceof InboundError ? error : translationFailed;
        return `${retryable ? "waiting" : "dead"} ${reason}`;
      }
    }),
  );
  return each.join(", ");
}

const translationFailed = new InboundError("malformed", "translation-failed");
const wordsOf = ({ kind, reason }: { readonly kind: string; readonly reason?: string }) =>
  reason === undefined ? kind : `${kind} ${reason}`;

/** Applies a parked message. It is parked no more, unless it is parked anew. */
async function again(parked: ParkedMessage, ports: ApplyPorts, run: ApplyRun): Promise<string> {
  const { message, kind } = parked;
  const messages = readAgain(message, ports);
  if (messages instanceof InboundError) return `dead ${messages.reason}`;
  if (message.kind === "event") await ports.ledger.reopen(keyOf(parked));
  const outcomes: string[] = [];
  for (const each of messages) outcomes.push(await applyOne(each, ports, run));
  // Of a delivery that could not be read, it stays parked for those of its events that cannot be decided now.
  const stays = outcomes.includes(isRetried) || (message.kind === "event" && outcomes[0]?.startsWith(kind));
  if (!stays) await ports.parked.remove(parked);
  return outcomes.join(", ");
}

async function applyOne(message: QueuedMessage, ports: ApplyPorts, run: ApplyRun): Promise<string> {
  const [applied] = await apply([message], ports, run);
  if (applied?.state === "done") return wordsOf(applied.outcome);
  return applied?.state === "waiting" ? `waiting ${applied.reason}` : isRetried;
}

/** How long an operator who decides may take over from another one who was cut off, in seconds. */
const decisionSeconds = 30;

/** Gives a message up: it is over, and nothing happens to the account. */
async function discard(
  parked: ParkedMessage,
  ports: ApplyPorts,
  { owner }: { readonly owner: string },
): Promise<string> {
  const { message } = parked;
  const { ledger, clock } = ports;
  if (message.kind === "event") {
    const key = keyOf(parked);
    await ledger.reopen(key);
    // Claimed, since another operator may be releasing it, and a discard that was cut off may have opened it before.
    const { state } = await ledger.claim(key, { owner, leaseSeconds: decisionSeconds });
    if (state === "busy") return isRetried;
    if (state === "claimed") {
      const { type, subject, occurredAt } = message.event;
      const known = await ledger.subject(message.source, subject);
      const outcome = { kind: "rejected", reason: "discarded" } as const;
      const { reception } = message;
      const about = { key, type, subject, externalId: known?.externalId, occurredAt, reception, outcome };
      await ledger.settle([eventRecord(about, clock.now())], outcomesKeptSeconds);
    }
  }
  await ports.parked.remove(parked);
  return "discarded";
}

const keyOf = ({ message, ledgerId }: ParkedMessage): EventKey => ({ source: message.source, id: ledgerId });

/** The events of a message: itself, or what today's code can read in a delivery that could not be read. */
function readAgain(
  message: QueuedMessage,
  { source: sourceOf }: ApplyPorts,
): readonly EventMessage[] | InboundError {
  if (message.kind === "event") return [message];
  const source = sourceOf(message.source);
  if (!source) return new InboundError("misconfigured", "source-not-enabled");
  const { delivery, reception } = message;
  try {
    const events = source.split(reopenDelivery(delivery, reception));
    const unread = events.find((event) => event instanceof InboundError);
    if (unread) return unread;
    return events.flatMap((event) =>
      event instanceof InboundError
        ? []
        : { kind: "event" as const, source: message.source, event, reception },
    );
  } catch (error) {
    return error instanceof InboundError ? error : new InboundError("malformed", "split-failed");
  }
}
