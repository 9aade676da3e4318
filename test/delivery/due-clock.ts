import type { Clock } from "#lib/contract/clock.ts";

/** A clock that jumps to whatever is due next as soon as nothing else can happen. */
export function virtualClock(lateBy: () => number = () => 0) {
  let time = 1_700_000_000_000;
  let order = 0;
  let due: { at: number; order: number; call: () => void }[] = [];
  const schedule = (milliseconds: number, call: () => void) => {
    due.push({ at: time + Math.max(milliseconds, 0), order: (order += 1), call });
  };
  const clock: Clock = {
    now: () => time,
    random: () => 0.5,
    wait: (milliseconds) => new Promise((resolve) => schedule(milliseconds + lateBy(), resolve)),
  };
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    clock,
    schedule,
    async pass(milliseconds: number) {
      const end = time + milliseconds;
      for (;;) {
        await settled();
        due = due.toSorted((one, other) => one.at - other.at || one.order - other.order);
        const next = due[0];
        if (next === undefined || next.at > end) break;
        due.shift();
        time = Math.max(time, next.at);
        next.call();
      }
      time = end;
    },
  };
}

export type VirtualClock = ReturnType<typeof virtualClock>;
