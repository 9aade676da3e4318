import type { Clock } from "./context.ts";

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
/** Growth with every accepted call while no limit is known: half as much again in a second. */
const fastGrowth = Math.log(1.5);
/** Growth with every accepted call near the limit: 2 % in 4 s, and at low rates less, as finding out costs one call in so many. */
const slowGrowth = 0.005;
const slowGrowthShare = 0.001;
/** Growth with every accepted call beyond the limit, for each time it has been passed: the further, the surer it is gone. */
const acceleration = 0.3;
/** The same where the limit is one of minutes: nobody says no before it is too late. */
const cautiousAcceleration = 0.02;
/** How much of the accepted rate is held. */
const heldShare = 0.96;
/** How much of the rate is held when too little was accepted to tell. */
const blindShare = 0.9;
/** The accepted rate is that of the latest 20 calls or so: within these times, and from so many on. */
const spanMilliseconds = { least: 2000, most: 10_000, calls: 20 };
const fewestMilliseconds = 1000;
const fewestCalls = 5;
/** Longer pauses belong to limits for a stretch of time, and count as part of it. */
const longPauseMilliseconds = 2000;
const firstPauseMilliseconds = 1000;
const longestPauseMilliseconds = 15_000;

/**
 * Keeps the calls of one process at the rate that Authing accepts. What that is, nobody says: 300 a second and user pool
 * is documented for free accounts only, others call the pool too, and all there is to see are refusals.
 *
 * It is a rate, not a number of calls in flight: a quota answers fast, and who keeps ten calls in flight is refused all the
 * faster. The rate grows by what is accepted. A refusal shows the limit: the rate that was accepted until then is
 * remembered, the rate goes a little below it and creeps up; only well beyond it does growth gather speed again. When nothing
 * was accepted since the refusal before, the door is shut: all wait, then one call tries it.
 */
export function createPace(options: PaceOptions): Pace {
  const { clock, maxPerSecond, minPerSecond = 0.5, startPerSecond = 10 } = options;
  const bounded = (value: number) => Math.min(Math.max(value, minPerSecond), maxPerSecond);
  let queue: { deadline: number; resolve: (turn: Turn | undefined) => void }[] = [];
  let earliestDeadline = Infinity;
  let wakeAt = Infinity;

  let rate = bounded(startPerSecond);
  let ceiling: number | undefined;
  let speedUp = acceleration;
  /** When the next call may go, by the rate and by the latest pause; and until when one call tries alone. */
  let nextAt = -Infinity;
  let pausedUntil = -Infinity;
  let triedUntil = -Infinity;

  /** Between two refusals. What was sent before the latest one tells nothing new about the rate. */
  let epoch = 0;
  let hasAccepted = false;
  let shutTimes = 0;
  let refusedAt = 0;
  /** Since when the rate has been what held calls back, how many were accepted since, and when the latest ones were. */
  let since = 0;
  let count = 0;
  let latest: number[] = [];
  const mostKept = spanMilliseconds.calls + (maxPerSecond * spanMilliseconds.least) / 1000;
  let pauseFrom: number | undefined;
  let pausedMilliseconds = 0;
  /** The time without pauses. */
  const moving = () => (pauseFrom ?? clock.now()) - pausedMilliseconds;

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
    const isHeldBack = Math.max(nextAt, pausedUntil) > now - interval();
    if (shutTimes === 0) endPause();
    if (!isHeldBack) restart();
    nextAt = Math.max(nextAt, now - lateMilliseconds) + interval();
    if (shutTimes > 0) triedUntil = now + longestPauseMilliseconds;
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

  function restart(): void {
    since = clock.now();
    count = 0;
    latest = [];
  }

  function accepted(own: number, isHeldBack: boolean): void {
    if (own === epoch && !hasAccepted) reopen();
    count += 1;
    latest.push(moving());
    if (latest.length > 2 * mostKept) latest = latest.slice(-mostKept);
    if (own !== epoch || !isHeldBack) return;
    const slowly = Math.min(slowGrowth, rate * slowGrowthShare);
    const beyond = ceiling === undefined ? Infinity : Math.max(rate / ceiling - 1, 0);
    rate = bounded(rate + Math.min(slowly + speedUp * beyond, fastGrowth));
  }

  /** The first call after a refusal is accepted. A long pause was part of the limit: so many calls in all that time. */
  function reopen(): void {
    const now = clock.now();
    if (pausedUntil > refusedAt && now - refusedAt > longPauseMilliseconds && count > 0) {
      ceiling = Math.min(rate, (count / (now - since)) * 1000);
      rate = bounded(ceiling * heldShare);
      speedUp = cautiousAcceleration;
    }
    endPause();
    triedUntil = -Infinity;
    shutTimes = 0;
    hasAccepted = true;
    restart();
  }

  function throttled(own: number, retryAfterSeconds: number): void {
    const now = clock.now();
    if (retryAfterSeconds > 0) pause(retryAfterSeconds * 1000);
    if (own !== epoch) return;
    epoch += 1;
    ceiling = Math.min(rate, acceptedRate());
    rate = bounded(ceiling * heldShare);
    if (hasAccepted) {
      hasAccepted = false;
      speedUp = acceleration;
      refusedAt = now;
      return;
    }
    triedUntil = -Infinity;
    if (retryAfterSeconds === 0) {
      const wait = Math.min(firstPauseMilliseconds * 2 ** shutTimes, longestPauseMilliseconds);
      pause(wait * (0.75 + clock.random() / 2));
    }
    shutTimes += 1;
  }

  function pause(milliseconds: number): void {
    pauseFrom ??= clock.now();
    pausedUntil = Math.max(pausedUntil, clock.now() + milliseconds);
  }

  function endPause(): void {
    if (pauseFrom !== undefined) pausedMilliseconds += clock.now() - pauseFrom;
    pauseFrom = undefined;
  }

  function acceptedRate(): number {
    const { least, most, calls } = spanMilliseconds;
    const span = Math.min(Math.max((calls / rate) * 1000, least), most);
    latest = latest.filter((at) => at > moving() - span);
    const elapsed = Math.min(span, moving() - (since - pausedMilliseconds));
    if (elapsed < fewestMilliseconds || latest.length < fewestCalls) return rate * blindShare;
    return (latest.length / elapsed) * 1000;
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
