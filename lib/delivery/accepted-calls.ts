import { believedCalls } from "./rate-search.ts";

/** The accepted rate is that of the latest 2 seconds. */
const spanMilliseconds = 2000;

/** What was accepted while the rate is what holds calls back. All times are in milliseconds since 1970. */
export interface AcceptedCalls {
  /** How many, since the latest long pause, and when the first of them was; `Infinity` before it. */
  readonly count: number;
  readonly firstAt: number;
  /** When counting began after the latest refusal: at the refusal, or at the first call after a restart. */
  readonly latestFirstAt: number;
  add(now: number): void;
  /** Counting begins with the next accepted call. */
  restart(): void;
  /** Only the rate is counted from now on; `count` and `firstAt` go on. */
  restartAfterRefusal(now: number): void;
  /** Calls a second in the span before now. `believedCalls` at the present rate count along, as a few calls tell little. */
  perSecond(now: number, presentPerSecond: number): number;
}

/** Counts accepted calls in bounded memory. */
export function acceptedCalls(maxPerSecond: number): AcceptedCalls {
  const mostKept = (maxPerSecond * spanMilliseconds) / 1000;
  const counted = { count: 0, firstAt: Infinity };
  const latest: { firstAt: number; times: number[] } = { firstAt: Infinity, times: [] };

  return {
    get count() {
      return counted.count;
    },
    get firstAt() {
      return counted.firstAt;
    },
    get latestFirstAt() {
      return latest.firstAt;
    },
    add(now) {
      counted.firstAt = Math.min(counted.firstAt, now);
      counted.count += 1;
      latest.firstAt = Math.min(latest.firstAt, now);
      latest.times.push(now);
      if (latest.times.length > 2 * mostKept) latest.times = latest.times.slice(-mostKept);
    },
    restart() {
      Object.assign(counted, { count: 0, firstAt: Infinity });
      Object.assign(latest, { firstAt: Infinity, times: [] });
    },
    restartAfterRefusal(now) {
      Object.assign(latest, { firstAt: now, times: [] });
    },
    perSecond(now, presentPerSecond) {
      const from = Math.min(Math.max(now - spanMilliseconds, latest.firstAt), now);
      const calls = latest.times.filter((at) => at > from).length;
      return ((calls + believedCalls) / (now - from + (believedCalls / presentPerSecond) * 1000)) * 1000;
    },
  };
}
