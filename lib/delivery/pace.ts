import type { Clock } from "#lib/contract/clock.ts";
import { acceptedCalls } from "./accepted-calls.ts";
import { permitQueue } from "./permit-queue.ts";
import { believedCalls, lateMilliseconds, rateSearch, shortestWaySeconds } from "./rate-search.ts";

export interface PaceOptions {
  readonly clock: Clock;
  /** Never more calls than this in any second, whatever Authing accepts: others call the same user pool. */
  readonly maxPerSecond: number;
  /** Never slower, but for a pause. Default 0.1: ten processes may share a limit of five calls a second. */
  readonly minPerSecond?: number;
  /** The rate of the beginning, while nothing is known. Default 10. */
  readonly startPerSecond?: number;
}

/** The right to make one call, now. Report what came of it; of a call without an answer there is nothing to report. */
export interface Permit {
  /** Authing did not refuse the call for its rate, whatever else it answered. */
  accepted(): void;
  /** Authing answered 429. */
  throttled(retryAfterSeconds?: number): void;
}

export interface Pace {
  /**
   * Waits for the right to make one call: first come, first served. `undefined`, as soon as that is certain, when it would
   * come no sooner than the deadline (milliseconds since 1970).
   */
  permit(deadline?: number): Promise<Permit | undefined>;
  /** Calls a second at present. */
  readonly perSecond: number;
}

/**
 * What the latest answers say. A "refusal" is a 429 to a call that was permitted after the refusal before it; a later 429 to an
 * older call tells nothing new, but for the time that its Retry-After asks for.
 *
 *               refused                             refused: back-off doubles
 *    ┌─────────┐ without Retry-After ┌───────────┐ ◀─┐
 *    │ flowing │ ──────────────────▶ │ half-open │ ──┘
 *    │         │ ◀────────────────── │           │
 *    └─────────┘       accepted      └───────────┘
 *      │     ▲                             ▲
 *      │     │ accepted                    │ refused
 *      │  ┌──────────┐                     │
 *      └▶ │ resuming │ ────────────────────┘
 *  refused└──────────┘
 *  with Retry-After
 */
type State =
  /** Calls go at the rate that the search has found. */
  | { readonly name: "flowing" }
  /** Authing said how long to pause. After it calls go at the reduced rate; none of them was accepted yet. */
  | { readonly name: "resuming" }
  /** One call at a time goes, the probe; the others wait for its answer, or until the back-off is over. */
  | { readonly name: "half-open"; readonly refusedProbes: number };

/** How long a probe may be without an answer, and how long to back off when it is refused: doubled with each refused probe. */
const firstBackOffMilliseconds = 1000;
const longestBackOffMilliseconds = 15_000;
/** A longer pause belongs to a limit for a stretch of time, such as 600 calls a minute, and counts as a part of the stretch. */
const longPauseMilliseconds = 2000;
/** When no call comes for so many times the interval between two, the callers are slower than the rate. */
const gapIntervals = 4;

/**
 * Keeps the calls of one process at the rate that Authing accepts. That rate is not known: 300 a second and user pool is
 * documented for free accounts only, others call the pool too, and all there is to see are refusals.
 *
 * It is a rate, not a number of calls in flight: a quota answers fast, and a caller that keeps ten calls in flight is refused all
 * the faster. How the rate is found is in rate-search.ts. A refusal also closes the gate until a half-open probe is accepted;
 * how many probes were refused says nothing about the rate.
 */
export function createPace(options: PaceOptions): Pace {
  const { clock, maxPerSecond, minPerSecond = 0.1, startPerSecond = 10 } = options;
  const search = rateSearch({ maxPerSecond, minPerSecond, startPerSecond });
  const accepted = acceptedCalls(maxPerSecond);
  /** Until when no permit is given (milliseconds since 1970): by the rate, by the latest pause, and by a probe that has no answer. */
  const closedUntil = { byRate: -Infinity, byPause: -Infinity, byProbe: -Infinity };
  let state: State = { name: "flowing" };
  /** Counts refusals. A permit of an earlier period tells nothing about the present one. */
  let period = 0;

  const gateOpensAt = () => Math.max(closedUntil.byRate, closedUntil.byPause, closedUntil.byProbe);
  const queue = permitQueue({
    clock,
    opensAt: gateOpensAt,
    // The answer to a probe may come at any moment.
    opensNoSoonerThan: () => Math.max(closedUntil.byRate, closedUntil.byPause),
    grant,
  });

  function grant(now: number): Permit {
    const [opensAt, interval] = [gateOpensAt(), search.intervalMilliseconds()];
    // Calls that come more slowly than the rate allows show nothing about it. What was accepted goes on to count unless there is a
    // real gap: at a fast rate one call or another is always late.
    const isHeldBack = opensAt > now - interval;
    if (opensAt <= now - gapIntervals * interval) accepted.restart();
    closedUntil.byRate = Math.max(closedUntil.byRate, now - lateMilliseconds) + interval;
    if (state.name === "half-open") closedUntil.byProbe = now + backOffMilliseconds();
    const own = period;
    return {
      accepted() {
        onAccepted({ isCurrent: own === period, isHeldBack });
        queue.advance();
      },
      throttled(retryAfterSeconds = 0) {
        const now = clock.now();
        pauseUntil(now + retryAfterSeconds * 1000);
        if (own === period) onRefused(now, retryAfterSeconds > 0);
        queue.advance();
      },
    };
  }

  function onAccepted({ isCurrent, isHeldBack }: { isCurrent: boolean; isHeldBack: boolean }): void {
    const now = clock.now();
    if (isCurrent && state.name !== "flowing") flow(now);
    accepted.add(now);
    if (isCurrent && isHeldBack) search.grow();
  }

  function onRefused(now: number, hasRetryAfter: boolean): void {
    period += 1;
    closedUntil.byProbe = now;
    if (state.name !== "flowing") return probeAgain(now, hasRetryAfter);
    search.retreat(Math.min(search.perSecond, accepted.perSecond(now, search.perSecond)), shortestWaySeconds);
    accepted.restartAfterRefusal(now);
    state = hasRetryAfter ? { name: "resuming" } : { name: "half-open", refusedProbes: 0 };
  }

  /** → half-open, after a probe or the first calls after a pause were refused. */
  function probeAgain(now: number, hasRetryAfter: boolean): void {
    // With jitter, so that the processes of one user pool do not probe together.
    if (!hasRetryAfter) pauseUntil(now + backOffMilliseconds() * (0.75 + clock.random() / 2));
    state = { name: "half-open", refusedProbes: refusedProbes() + 1 };
  }

  /** → flowing, at the first call that is accepted after a refusal. */
  function flow(now: number): void {
    const { firstAt, latestFirstAt, count } = accepted;
    if (closedUntil.byPause - latestFirstAt > longPauseMilliseconds && count > believedCalls) {
      // So many calls in all of the stretch, its pause included.
      const stretchMilliseconds = now - firstAt;
      search.retreat(
        Math.min((count / stretchMilliseconds) * 1000, search.limitPerSecond),
        stretchMilliseconds / 1000,
      );
      accepted.restart();
    }
    closedUntil.byProbe = now;
    state = { name: "flowing" };
  }

  function pauseUntil(time: number): void {
    closedUntil.byPause = Math.max(closedUntil.byPause, time);
  }

  const refusedProbes = () => (state.name === "half-open" ? state.refusedProbes : 0);
  const backOffMilliseconds = () =>
    Math.min(firstBackOffMilliseconds * 2 ** refusedProbes(), longestBackOffMilliseconds);

  return {
    permit: (deadline = Infinity) => queue.wait(deadline),
    get perSecond() {
      return search.perSecond;
    },
  };
}
