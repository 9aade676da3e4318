import type { Clock } from "#lib/contract/clock.ts";

/** Time that passes only while everybody waits for it: an hour of back-off takes no time, and comes out the same each run. */
export interface VirtualClock extends Clock {
  /** Holds time still until the work is done, where the work is done by another process. */
  during<Result>(work: Promise<Result>): Promise<Result>;
  /** Moves on at once. All work that waits until then is woken in order. */
  pass(seconds: number): void;
}

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that starts at `start` (milliseconds since 1970), and whose chance is the same in each run with the same seed. */
export function virtualClock(start: number, seed = 1): VirtualClock {
  let time = start;
  let state = seed;
  let busy = 0;
  let isWaiting = false;
  const timers: Timer[] = [];

  function add(timer: Timer): void {
    const after = timers.findIndex(({ at }) => at > timer.at);
    timers.splice(after === -1 ? timers.length : after, 0, timer);
    awaitIdleness();
  }

  /** An immediate runs when nothing is left to do but wait. */
  function awaitIdleness(): void {
    if (isWaiting || busy > 0 || timers.length === 0) return;
    isWaiting = true;
    setImmediate(() => {
      isWaiting = false;
      if (busy > 0) return;
      const next = timers.shift();
      time = Math.max(time, next?.at ?? 0);
      next?.wake();
      awaitIdleness();
    });
  }

  return {
    now: () => time,
    wait: (milliseconds) =>
      new Promise((resolve) => add({ at: time + Math.max(0, milliseconds), wake: resolve })),
    random() {
      // mulberry32
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    },
    async during(work) {
      busy += 1;
      try {
        return await work;
      } finally {
        busy -= 1;
        awaitIdleness();
      }
    },
    pass(seconds) {
      time += seconds * 1000;
    },
  };
}
