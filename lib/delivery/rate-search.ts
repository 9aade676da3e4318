/** Timers are late. So much is made up for, since at 300 calls a second every millisecond counts. */
export const lateMilliseconds = 10;
/** A rate that is told by few calls is not believed: so many at the present rate count along. */
export const believedCalls = 5;

/** Growth with every accepted call while no limit is known, and at most: by half in a second. */
const fastGrowth = Math.log(1.5);
/**
 * The share of a limit that is used after a refusal. The rest is regained on a way of so many accepted calls, or as many as fit
 * into that time: finding out costs one refused call in so many. Over one way the gain per call grows this many times.
 */
const keptShare = 0.94;
const shortestWayCalls = 60;
export const shortestWaySeconds = 12;
const steepness = 16;

export interface RateSearch {
  /** Calls a second at present. */
  readonly perSecond: number;
  /** The limit that refusals have shown, calls a second; `Infinity` while none is known. */
  readonly limitPerSecond: number;
  /** Between two calls, so that no second ever holds more than the most that is allowed. */
  intervalMilliseconds(): number;
  /** A call at the present rate was accepted. */
  grow(): void;
  /** A refusal has shown a limit; `waySeconds`: how long the way back to it is to take, at least `shortestWaySeconds`. */
  retreat(seenPerSecond: number, waySeconds: number): void;
}

/**
 * Searches the rate that is accepted. While no limit is known, the rate grows with each accepted call. A refusal shows the
 * limit: the rate that was accepted until then. It is remembered, and a lower one moves it half the way (their geometric mean),
 * since a single refusal may be chance. The rate retreats below the limit, comes back slowly, and rises ever faster once it is
 * past: then the limit is gone.
 *
 *     rate
 *      │                            ╱  the limit is gone
 *      │ limit ····················╱···
 *      │                   ___----
 *      │ 94 %   ___-------
 *      └──────────────────────────────▶ accepted calls; `progress` is 1 where the rate is at the limit again
 */
export function rateSearch(bounds: {
  readonly maxPerSecond: number;
  readonly minPerSecond: number;
  readonly startPerSecond: number;
}): RateSearch {
  const { maxPerSecond, minPerSecond, startPerSecond } = bounds;
  const bounded = (value: number) => Math.min(Math.max(value, minPerSecond), maxPerSecond);
  const at = { perSecond: bounded(startPerSecond), limit: Infinity, progress: 0, wayCalls: shortestWayCalls };
  const onTheWay = () => at.limit * (keptShare + (1 - keptShare) * steepness ** (at.progress - 1));

  return {
    get perSecond() {
      return at.perSecond;
    },
    get limitPerSecond() {
      return at.limit;
    },
    // With the lateness on top, so that late calls and the next ones do not meet in one second, and a millisecond for rounding.
    intervalMilliseconds: () => Math.max(1000 / at.perSecond, (1001 + lateMilliseconds) / maxPerSecond),
    grow() {
      at.progress += 1 / at.wayCalls;
      at.perSecond = bounded(Math.min(at.perSecond + fastGrowth, onTheWay()));
    },
    retreat(seen, waySeconds) {
      at.limit = seen < at.limit && at.limit < Infinity ? Math.sqrt(at.limit * seen) : seen;
      at.progress = 0;
      at.perSecond = bounded(onTheWay());
      at.wayCalls = Math.max(shortestWayCalls, Math.max(waySeconds, shortestWaySeconds) * at.perSecond);
    },
  };
}
