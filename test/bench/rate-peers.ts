import type { Clock } from "#lib/contract/clock.ts";
import { createPace, type Pace, type Permit } from "#lib/delivery/pace.ts";

// Rate controllers. Each gives permits for calls, and learns the result of each call.

/** What a controller knows about the server: `limit` calls a second on average, which only some controllers use. */
export interface Controller {
  open(clock: Clock, limit: number): Pick<Pace, "permit">;
  /** Whether a refused call also backs off by itself: for the server's Retry-After, else exponentially, with full jitter. */
  readonly backsOff?: boolean;
}

/** The maximum rate of ours in calls a second, far above what any server here allows. */
const maxPerSecond = 500;
/** Milliseconds. */
const rounding = 1e-6;

/** Permits at a rate that may change after each permit. */
function spaced(
  clock: Clock,
  rate: () => number,
  told: (isAccepted: boolean, sentAt: number) => void,
): Pick<Pace, "permit"> {
  let sentAt = -Infinity;
  async function permit(): Promise<Permit> {
    for (let now = clock.now(); now < sentAt + 1000 / rate() - rounding; now = clock.now()) {
      await clock.wait(sentAt + 1000 / rate() - now);
    }
    sentAt = clock.now();
    const own = sentAt;
    return { accepted: () => told(true, own), throttled: () => told(false, own) };
  }
  return inLine(permit);
}

/** Runs callers one after the other, in the order of arrival. */
function inLine(permit: () => Promise<Permit>): Pick<Pace, "permit"> {
  let latest: Promise<Permit> | undefined;
  const after = async (before: typeof latest) => {
    await before;
    return permit();
  };
  return { permit: () => (latest = after(latest)) };
}

const fixed = (share: number): Controller => ({
  backsOff: true,
  open: (clock, limit) =>
    spaced(
      clock,
      () => limit * share,
      () => undefined,
    ),
});

/** Raises the rate by 5 % a second, and multiplies it by 0.7 once for each overrun. */
const upAndDown: Controller = {
  backsOff: true,
  open(clock) {
    let rate = 10;
    let cutAt = -Infinity;
    return spaced(
      clock,
      () => rate,
      (isAccepted, sentAt) => {
        if (isAccepted) rate = Math.min(rate + 0.05, maxPerSecond);
        else if (sentAt > cutAt) {
          rate = Math.max(rate * 0.7, 0.5);
          cutAt = clock.now();
        }
      },
    );
  },
};

/**
 * The rate limiter of AWS's `adaptive` retry mode, by its published description (CUBIC over a token bucket; no limit at
 * all until the first refusal), with the back-off of its retries.
 */
const awsAdaptive: Controller = {
  backsOff: true,
  open(clock) {
    const [shrink, growth, smoothing, slowest] = [0.7, 0.4, 0.8, 0.5];
    const seconds = () => clock.now() / 1000;
    let isLimited = false;
    let fillRate = slowest;
    let capacity = 1;
    let tokens = 0;
    let filledAt: number | undefined;
    let measuredRate = 0;
    let measuredAt = Math.floor(seconds() * 2) / 2;
    let calls = 0;
    let bestRate = 0;
    let refusedAt = 0;

    function fill(): void {
      tokens = Math.min(tokens + (seconds() - (filledAt ?? seconds())) * fillRate, capacity);
      filledAt = seconds();
    }
    function told(isAccepted: boolean): void {
      calls += 1;
      const halfSecond = Math.floor(seconds() * 2) / 2;
      if (halfSecond > measuredAt) {
        measuredRate = (calls / (halfSecond - measuredAt)) * smoothing + measuredRate * (1 - smoothing);
        calls = 0;
        measuredAt = halfSecond;
      }
      let next;
      if (isAccepted) {
        const plateauSeconds = Math.cbrt((bestRate * (1 - shrink)) / growth);
        next = growth * (seconds() - refusedAt - plateauSeconds) ** 3 + bestRate;
      } else {
        bestRate = isLimited ? Math.min(measuredRate, fillRate) : measuredRate;
        refusedAt = seconds();
        isLimited = true;
        next = bestRate * shrink;
      }
      fill();
      fillRate = Math.max(Math.min(next, 2 * measuredRate), slowest);
      capacity = Math.max(fillRate, 1);
      tokens = Math.min(tokens, capacity);
    }
    async function permit(): Promise<Permit> {
      if (isLimited) {
        fill();
        while (tokens < 1) {
          await clock.wait(((1 - tokens) / fillRate) * 1000 + rounding);
          fill();
        }
        tokens -= 1;
      }
      return { accepted: () => told(true), throttled: () => told(false) };
    }
    return inLine(permit);
  },
};

export const controllers: Readonly<Record<string, Controller>> = {
  ours: { open: (clock) => createPace({ clock, maxPerSecond }) },
  "half the limit, fixed": fixed(0.5),
  "twice the limit, fixed, back-off": fixed(2),
  "AIMD, +5 % a second, ×0.7": upAndDown,
  "AWS adaptive (CUBIC)": awsAdaptive,
};
