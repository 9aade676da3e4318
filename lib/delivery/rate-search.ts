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
const shortestWayCalls = 80;
export const shortestWaySeconds = 10;
const steepness = 16;
/** A refusal in this part of the way back was expected: it confirms the limit. Sooner or later ones contradict it. */
const expectedProgress = { from: 0.7, to: 1.4 };
const mostConfirmations = 3;
/** Trust in a limit makes no way longer than this: so soon it is noticed when the limit is gone. */
const longestTrustedWaySeconds = 60;

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
 * limit: the rate that was accepted until then. It is remembered, and a lower one moves it a part of the way, at first half
 * (their geometric mean), since a single refusal may be chance. The rate retreats below the limit, comes back slowly, and rises ever faster once it is
 * past: then the limit is gone.
 *
 * The more often a limit was confirmed, the more it is trusted. Each refusal where it was expected doubles the way back, so that
 * a limit that stays is tried rarely, and halves how far a lower one moves it. A refusal elsewhere takes one confirmation back.
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
  const at = {
    perSecond: bounded(startPerSecond),
    limit: Infinity,
    confirmations: 0,
    progress: 0,
    /** The way to the limit, and past it, where no trust slows the growth. */
    wayCalls: { below: shortestWayCalls, past: shortestWayCalls },
  };
  const onTheWay = () => at.limit * (keptShare + (1 - keptShare) * steepness ** (at.progress - 1));

  function weighTrust(): void {
    // Without progress it is the same refusal, of which more is known now.
    if (at.limit === Infinity || at.progress === 0) return;
    const isExpected = at.progress >= expectedProgress.from && at.progress <= expectedProgress.to;
    at.confirmations = isExpected
      ? Math.min(at.confirmations + 1, mostConfirmations)
      : Math.max(at.confirmations - 1, 0);
  }

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
      at.progress += 1 / (at.progress < 1 ? at.wayCalls.below : at.wayCalls.past);
      at.perSecond = bounded(Math.min(at.perSecond + fastGrowth, onTheWay()));
    },
    retreat(seen, waySeconds) {
      weighTrust();
      const isLower = seen < at.limit && at.limit < Infinity;
      at.limit = isLower ? at.limit * (seen / at.limit) ** (0.5 ** (1 + at.confirmations)) : seen;
      at.progress = 0;
      at.perSecond = bounded(onTheWay());
      const past = Math.max(shortestWayCalls, Math.max(waySeconds, shortestWaySeconds) * at.perSecond);
      const trusted = Math.min(past * 2 ** at.confirmations, longestTrustedWaySeconds * at.perSecond);
      at.wayCalls = { below: Math.max(past, trusted), past };
    },
  };
}
