import type { Clock } from "#lib/contract/clock.ts";
import type { InboundError } from "#lib/contract/errors.ts";
import type { Outcome } from "#lib/contract/outcome.ts";
import type { Parked } from "#lib/contract/parked.ts";
import type { EventQueue } from "#lib/contract/queue.ts";
import type { Claimed, Decided } from "./applying.ts";

// What cannot be decided now leaves the queue and comes back by itself, so that nothing waits behind it. This file says what
// waits, for how long, and brings back what is due. docs/decisions/2026-11-26-a-waiting-room.md

/** Why an event waits, and until when at most. */
export interface Wait {
  /** A constant text in kebab-case. */
  readonly reason: string;
  readonly path?: string | undefined;
  readonly hint?: string | undefined;
  /** When it is tried again, in milliseconds since 1970. */
  readonly dueAt: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** Without a date, an event waits no longer than this, in milliseconds; then it is dead, with the reason it waited for. */
const longestWaitMilliseconds = 10 * day;
/** A person who is not there yet, or an identifier that is being given up: looked for within seconds, then rarer, for an hour. */
const settles = { first: 10_000, longest: 10 * minute, total: 60 * minute } as const;
/** A setting, a permission or a source that does not answer: until it is mended. */
const mended = { first: 30_000, longest: 20 * minute, total: longestWaitMilliseconds } as const;
/** How often a paused source is looked at. */
const pauseMilliseconds = 10 * minute;

const dateAhead = "date-ahead";
const sourcePaused = "source-paused";

/** Outcomes that another event may change soon: of these the event waits before they are final. */
const passing: ReadonlySet<string> = new Set(["user-unknown", "identifier-in-use"]);

/** What an event waits for: an outcome that another event may change soon, or a day that lies ahead. */
export function waitOf(
  { outcomes, decision: { dueAt }, ...tried }: Decided & { readonly outcomes: readonly Outcome[] },
  clock: WaitClock,
): Wait | undefined {
  // What an operator has to decide about is shown to them, also where something of the event lies ahead.
  if (outcomes.some(({ kind }) => kind === "held")) return undefined;
  const age = clock.now() - Date.parse(tried.message.reception.receivedAt);
  const passes = outcomes.find(({ kind, reason = "" }) => kind === "rejected" && passing.has(reason));
  if (passes && age < settles.total) {
    return { reason: passes.reason ?? "", dueAt: clock.now() + pauseOf(settles, tried, clock) };
  }
  return dueAt === undefined ? undefined : { reason: dateAhead, dueAt };
}

/** How an event waits for something to be mended. */
export function waitForMending({ reason, path, hint }: InboundError, tried: Tried, clock: WaitClock): Wait {
  return { reason, path, hint, dueAt: clock.now() + pauseOf(mended, tried, clock) };
}

export function waitForPause(now: number): Wait {
  return { reason: sourcePaused, dueAt: now + pauseMilliseconds };
}

/** Whether an event has waited for too long. A date and a pause have an end of their own. */
export function hasWaitedTooLong({ reason }: Wait, since: string, now: number): boolean {
  return reason !== dateAhead && reason !== sourcePaused && now - Date.parse(since) > longestWaitMilliseconds;
}

type WaitClock = Pick<Clock, "now" | "random">;
type Tried = Pick<Claimed, "attempts">;

function pauseOf(
  { first, longest }: { first: number; longest: number },
  { attempts }: Tried,
  { random }: WaitClock,
): number {
  // What failed together does not come again together.
  return Math.min(longest, first * 2 ** Math.min(attempts - 1, 20)) * (1 - random() / 2);
}

export interface WaitingRoomPorts {
  readonly parked: Parked;
  readonly events: EventQueue;
  readonly clock: { now(): number };
}

/** Messages that are brought back together. */
const atOnce = 100;
/** When a message that was brought back is brought back once more, should it be lost on its way, in milliseconds. */
const againMilliseconds = 30 * minute;

/**
 * Puts what is due back into the queue. Each message stays parked until the worker has recorded its outcome, or parks it anew: a
 * function that ends in the middle loses nothing. Resolves to how many came back.
 *
 * @param deadline milliseconds since 1970 after which nothing more is begun.
 */
export async function bringBackDue(
  { parked, events, clock }: WaitingRoomPorts,
  deadline: number,
): Promise<number> {
  for (let total = 0; ;) {
    const due = await parked.due(clock.now(), atOnce);
    if (due.length === 0) return total;
    // First, or it would bring back what a quick worker has parked anew or taken away.
    const dueAt = new Date(clock.now() + againMilliseconds).toISOString();
    await Promise.all(due.map((each) => parked.keep({ ...each, dueAt })));
    await events.send(
      due.map(({ kind, message, ledgerId }) => ({ ...message, parkedAs: { kind, ledgerId } })),
    );
    total += due.length;
    if (clock.now() >= deadline) return total;
  }
}
