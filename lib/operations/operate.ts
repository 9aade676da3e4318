import * as z from "zod/mini";
import type { EventKey } from "#lib/contract/ledger.ts";
import { apply, type ApplyPorts } from "#lib/pipeline/apply.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { reopenDelivery } from "#lib/pipeline/verified-delivery.ts";
import type { KeptMessage } from "#lib/contract/parked.ts";
import { eventRecord, outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Source } from "#lib/contract/source.ts";

/** What a person may ask for about the messages that wait. */
export const OperationRequest = z.discriminatedUnion("operation", [
  /** What waits: dead letters, or departures that are held. */
  z.strictObject({ operation: z.literal("list"), kind: z.enum(["dead", "held"]) }),
  /** Reads, translates and delivers dead letters with today's code; with `dryRun` only says what would happen. */
  z.strictObject({ operation: z.literal("redrive"), dryRun: z._default(z.boolean(), false) }),
  /** Lets held departures go on, or gives them up; of one source, or of all. */
  z.strictObject({ operation: z.literal("release"), source: z.optional(z.string()) }),
  z.strictObject({ operation: z.literal("discard"), source: z.optional(z.string()) }),
]);
export type OperationRequest = z.infer<typeof OperationRequest>;

/** What became of one message, or would. Codes and ids only. */
export interface OperationResult {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly since: string;
  readonly attempts: number;
  /** Why it waited. */
  readonly reason: string;
  /** What happened, or would: an outcome, with its reason where it has one. */
  readonly result?: string;
}

export interface OperationPorts extends ApplyPorts {
  readonly readable: (source: string) => Pick<Source, "split"> | undefined;
}

const comesAgain = "comes again";
/** Messages that one operation deals with; the rest is left for the next. */
const maxMessages = 1000;

/**
 * Carries out one operation. Each is safe to ask for twice: what is over has left the shelf, and what was applied since an
 * event waited supersedes it.
 */
export async function operate(
  request: OperationRequest,
  ports: OperationPorts,
  run: { owner: string; deadline: number },
): Promise<OperationResult[]> {
  const kind =
    request.operation === "list" ? request.kind : request.operation === "redrive" ? "dead" : "held";
  const waiting = (await ports.shelf.list(kind, maxMessages)).filter(
    ({ message }) =>
      !("source" in request) || request.source === undefined || message.source === request.source,
  );
  const results: OperationResult[] = [];
  for (const kept of waiting) {
    const result =
      request.operation === "list"
        ? undefined
        : request.operation === "discard"
          ? await discard(kept, ports, run)
          : request.operation === "redrive" && request.dryRun
            ? await preview(kept, ports)
            : await again(kept, ports, { ...run, releases: request.operation === "release" });
    results.push({ ...about(kept), ...(result !== undefined && { result }) });
  }
  return results;
}

function about({ message, since, attempts, reason }: KeptMessage): OperationResult {
  return {
    source: message.source,
    id: message.kind === "event" ? message.event.id : message.id,
    type: message.kind === "event" ? message.event.type : "unreadable",
    since,
    attempts,
    reason,
  };
}

/** Says what applying a dead letter would come to, and changes nothing. */
async function preview({ message }: KeptMessage, ports: OperationPorts): Promise<string> {
  const messages = readAgain(message, ports);
  if (messages instanceof InboundError) return `dead ${messages.reason}`;
  const each = await Promise.all(
    messages.map(async ({ source: name, event }) => {
      const source = ports.source(name);
      if (!source) return "dead source-not-enabled";
      const known = await ports.ledger.subject(name, event.subject);
      if (known && known.appliedAt > event.occurredAt) return "superseded";
      if (source.fetch) return "fetched at the source, then translated";
      try {
        const changes = source.translate(event, ports.translation(name));
        return changes.map((change) => change.kind).join(" + ") || "nothing to do";
      } catch (error) {
        return `dead ${error instanceof InboundError ? error.reason : "translation-failed"}`;
      }
    }),
  );
  return each.join(", ");
}

/** Applies a message that waited. It leaves the shelf unless it has to wait on. */
async function again(
  kept: KeptMessage,
  ports: OperationPorts,
  run: { owner: string; deadline: number; releases: boolean },
): Promise<string> {
  const messages = readAgain(kept.message, ports);
  if (messages instanceof InboundError) return `dead ${messages.reason}`;
  if (kept.message.kind === "unreadable") {
    const outcomes: string[] = [];
    for (const message of messages) outcomes.push(await applyOne(message, ports, run));
    // It waits on for those of its events that could not be decided now; the others have outcomes of their own.
    if (!outcomes.includes(comesAgain)) await ports.shelf.remove(kept);
    return outcomes.join(", ");
  }
  await ports.ledger.reopen(keyOf(kept));
  const outcome = await applyOne(kept.message, ports, run);
  // A departure that was let go on may end among the dead letters: then it waits there.
  const waits = outcome === comesAgain || outcome.startsWith(kept.kind);
  if (!waits) await ports.shelf.remove(kept);
  return outcome;
}

async function applyOne(
  message: QueuedMessage,
  ports: OperationPorts,
  run: { owner: string; deadline: number; releases: boolean },
): Promise<string> {
  const [applied] = await apply([message], ports, run);
  if (applied?.state !== "done") return comesAgain;
  const { kind, reason } = applied.outcome;
  return reason === undefined ? kind : `${kind} ${reason}`;
}

/** How long a person who decides may take over from another one who was cut off, in seconds. */
const decisionSeconds = 30;

/** Gives a held departure up: it is over, and nothing happens to the account. */
async function discard(
  kept: KeptMessage,
  { ledger, shelf, clock }: OperationPorts,
  { owner }: { owner: string },
): Promise<string> {
  const { message } = kept;
  if (message.kind === "event") {
    const key = keyOf(kept);
    await ledger.reopen(key);
    // Claimed, since a discard that was cut off may have opened it before.
    const { state } = await ledger.claim(key, { owner, leaseSeconds: decisionSeconds });
    if (state === "busy") return comesAgain;
    if (state === "claimed") {
      const { type, subject, occurredAt } = message.event;
      const externalId = (await ledger.subject(message.source, subject))?.externalId;
      const { reception } = message;
      const outcome = { kind: "rejected", reason: "discarded" } as const;
      const about = { key, type, subject, externalId, occurredAt, reception, outcome };
      await ledger.settle([eventRecord(about, clock.now())], outcomesKeptSeconds);
    }
  }
  await shelf.remove(kept);
  return "discarded";
}

const keyOf = ({ message, ledgerId }: KeptMessage): EventKey => ({ source: message.source, id: ledgerId });

/** The events of a message: itself, or what today's code can read in a delivery that could not be read. */
function readAgain(
  message: QueuedMessage,
  { readable }: OperationPorts,
): readonly Extract<QueuedMessage, { kind: "event" }>[] | InboundError {
  if (message.kind === "event") return [message];
  const source = readable(message.source);
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
