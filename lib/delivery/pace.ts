import type { Clock } from "#lib/contract/clock.ts";

export interface PaceOptions {
  readonly clock: Clock;
  /** Never more calls than this in any second, whatever Authing puts up with: others call the same user pool. */
  readonly maxPerSecond: number;
  /** Never slower, but for a pause. Default 0.5. */
  readonly minPerSecond?: number;
  /** How fast to begin, while nothing is known. Default 10. */
  readonly startPerSecond?: number;
}

/** The right to make one call, now. Say what came of it; of a call without an answer there is nothing to say. */
export interface Turn {
  /** Authing did not find it one too many, whatever else it answered. */
  accepted(): void;
  throttled(retryAfterSeconds?: number): void;
}

export interface Pace {
  /**
   * Waits for the right to make one call: first come, first served. `undefined`, as soon as that is sure, when it would
   * come no sooner than the deadline (milliseconds since 1970).
   */
  turn(deadline?: number): Promise<Turn | undefined>;
  /** Calls a second, as things stand. */
  readonly perSecond: number;
}

/** Timers are late. So much is made up for, since at 300 calls a second every millisecond counts. */
const lateMilliseconds = 10;
/** Growth with every accepted call while no limit is known, and at most: half as much again in a second. */
const fastGrowth = Math.log(1.5);
/**
 * How much of the limit is held after a refusal. What is held back then shrinks to nothing on a way of so many accepted calls,
 * or as many as fit into that time: finding out costs one call in so many. Per way the rate's gain grows so many times.
 */
const heldShare = 0.94;
const way = { calls: 60, seconds: 12 };
const steepness = 16;
/** The accepted rate is that of the latest 2 seconds. So many calls at the present rate count with it, as a few tell little. */
const spanMilliseconds = 2000;
const believedCalls = 5;
/** Longer pauses belong to limits for a stretch of time, and count as part of it. */
const longPauseMilliseconds = 2000;
const firstPauseMilliseconds = 1000;
const longestPauseMilliseconds = 15_000;

/**
 * Keeps the calls of one process at the rate that Authing accepts. What that is, nobody says: 300 a second and user pool
 * is documented for free accounts only, others call the pool too, and all there is to see are refusals.
 *
 * It is a rate, not a number of calls in flight: a quota answers fast, and who keeps ten calls in flight is refused all the
 * faster. The rate grows by what is accepted. A refusal shows the limit: the rate that was accepted until then. It is
 * remembered, and a lower one moves it half the way, since a single refusal may be chance. The rate goes below it, comes back
 * slowly, and rises ever faster once it is past: then the limit is gone. After a refusal one call tries the door, and while
 * that is shut all wait; how often it was shut tells nothing about the rate.
 */
export function createPace(options: PaceOptions): Pace {
  const { clock, maxPerSecond, minPerSecond = 0.5, startPerSecond = 10 } = options;
  const bounded = (value: number) => Math.min(Math.max(value, minPerSecond), maxPerSecond);
  let queue: { deadline: number; resolve: (turn: Turn | undefined) => void }[] = [];
  let earliestDeadline = Infinity;
  let wakeAt = Infinity;

  let rate = bounded(startPerSecond);
  let limit = Infinity;
  /** How far the rate is on its way back to the limit: there at 1. And how many calls that takes. */
  let progress = 0;
  let wayCalls = way.calls;
  /** When the next call may go, by the rate and by the latest pause; and until when one call tries alone. */
  let nextAt = -Infinity;
  let pausedUntil = -Infinity;
  let triedUntil = -Infinity;

  /** Between two refusals. What was sent before the latest one tells nothing new about the rate. */
  let epoch = 0;
  let hasAccepted = true;
  let mustTry = false;
  let shutTimes = 0;
  /** As long as the rate is what holds calls back: how many were accepted since the latest long pause. */
  let since = Infinity;
  let count = 0;
  /** And since the latest refusal: when the latest ones were. */
  let latestSince = Infinity;
  let latest: number[] = [];
  const mostKept = (maxPerSecond * spanMilliseconds) / 1000;

  /** With the lateness on top, so that late calls and the next ones do not meet in one second, and a millisecond for rounding. */
  const interval = () => Math.max(1000 / rate, (1001 + lateMilliseconds) / maxPerSecond);

  function advance(): void {
    const now = clock.now();
    if (now >= wakeAt) wakeAt = Infinity;
    while (queue.length > 0 && Math.max(nextAt, pausedUntil, triedUntil) <= now) {
      const first = queue.shift();
      first?.resolve(first.deadline > now ? grant(now) : undefined);
    }
    const soonest = Math.max(nextAt, pausedUntil, now);
    if (soonest >= earliestDeadline) {
      const late = queue.filter(({ deadline }) => deadline <= soonest);
      queue = queue.filter(({ deadline }) => deadline > soonest);
      earliestDeadline = queue.reduce((earliest, { deadline }) => Math.min(earliest, deadline), Infinity);
      for (const { resolve } of late) resolve(undefined);
    }
    const at = Math.min(Math.max(soonest, triedUntil), earliestDeadline);
    if (queue.length === 0 || at >= wakeAt) return;
    wakeAt = at;
    void wake(at, at - now);
  }

  async function wake(at: number, milliseconds: number): Promise<void> {
    await clock.wait(milliseconds);
    // A timer may be early by a fraction of a millisecond; then it is set again.
    if (wakeAt === at) wakeAt = Infinity;
    advance();
  }

  function grant(now: number): Turn {
    const isHeldBack = Math.max(nextAt, pausedUntil, triedUntil) > now - interval();
    if (!isHeldBack) restart();
    nextAt = Math.max(nextAt, now - lateMilliseconds) + interval();
    if (mustTry) triedUntil = now + patience();
    const own = epoch;
    return {
      accepted() {
        accepted(own, isHeldBack);
        advance();
      },
      throttled(retryAfterSeconds = 0) {
        throttled(own, retryAfterSeconds);
        advance();
      },
    };
  }

  function accepted(own: number, isHeldBack: boolean): void {
    const now = clock.now();
    if (own === epoch && !hasAccepted) reopen(now);
    since = Math.min(since, now);
    latestSince = Math.min(latestSince, now);
    count += 1;
    latest.push(now);
    if (latest.length > 2 * mostKept) latest = latest.slice(-mostKept);
    if (own !== epoch || !isHeldBack) return;
    progress += 1 / wayCalls;
    rate = bounded(Math.min(rate + fastGrowth, onTheWay()));
  }

  function throttled(own: number, retryAfterSeconds: number): void {
    const now = clock.now();
    pausedUntil = Math.max(pausedUntil, now + retryAfterSeconds * 1000);
    if (own !== epoch) return;
    epoch += 1;
    triedUntil = now;
    mustTry = !hasAccepted || retryAfterSeconds === 0;
    if (hasAccepted) {
      hold(Math.min(rate, acceptedRate(now)), way.seconds);
      latestSince = now;
      latest = [];
      hasAccepted = false;
      return;
    }
    if (retryAfterSeconds === 0)
      pausedUntil = Math.max(pausedUntil, now + patience() * (0.75 + clock.random() / 2));
    shutTimes += 1;
  }

  /** The first call after a refusal is accepted. A long pause was part of the limit: so many calls in all that time. */
  function reopen(now: number): void {
    if (pausedUntil - latestSince > longPauseMilliseconds && count > believedCalls) {
      hold(Math.min((count / (now - since)) * 1000, limit), (now - since) / 1000);
      restart();
    }
    triedUntil = now;
    shutTimes = 0;
    mustTry = false;
    hasAccepted = true;
  }

  function hold(seenLimit: number, waySeconds: number): void {
    limit = seenLimit < limit && limit < Infinity ? Math.sqrt(limit * seenLimit) : seenLimit;
    progress = 0;
    rate = bounded(onTheWay());
    wayCalls = Math.max(way.calls, Math.max(waySeconds, way.seconds) * rate);
  }

  const onTheWay = () => limit * (heldShare + (1 - heldShare) * steepness ** (progress - 1));

  /** How long to wait for the call that tries, and after it was refused. */
  const patience = () => Math.min(firstPauseMilliseconds * 2 ** shutTimes, longestPauseMilliseconds);

  /** Counting begins with the next answer. */
  function restart(): void {
    since = Infinity;
    count = 0;
    latestSince = Infinity;
    latest = [];
  }

  function acceptedRate(now: number): number {
    const from = Math.min(Math.max(now - spanMilliseconds, latestSince), now);
    const calls = latest.filter((at) => at > from).length;
    return ((calls + believedCalls) / (now - from + (believedCalls / rate) * 1000)) * 1000;
  }

  return {
    turn: (deadline = Infinity) =>
      new Promise((resolve) => {
        queue.push({ deadline, resolve });
        earliestDeadline = Math.min(earliestDeadline, deadline);
        advance();
      }),
    get perSecond() {
      return rate;
    },
  };
}
