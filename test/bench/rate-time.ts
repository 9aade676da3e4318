import type { Clock } from "#lib/contract/clock.ts";

/** A virtual clock: when every caller waits, it jumps to the earliest time for which one waits. */
export interface VirtualTime extends Clock {
  /** Calls a function at a time in milliseconds. */
  at(time: number, call: () => void): void;
  /** Lets the time pass until a time. */
  runUntil(end: number): Promise<void>;
}

/** How many promises in a chain are resolved between two events: more than any controller here needs. */
const microtasks = 6;

export function virtualTime(random: () => number): VirtualTime {
  let time = 0;
  let order = 0;
  /** A binary heap by time, then by order of arrival. */
  const heap: { time: number; order: number; call: () => void }[] = [];
  const isBefore = (one: number, other: number) => {
    const left = heap[one]!;
    const right = heap[other]!;
    return left.time < right.time || (left.time === right.time && left.order < right.order);
  };
  const swap = (one: number, other: number) => {
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  };

  function push(entry: (typeof heap)[number]): void {
    heap.push(entry);
    for (let index = heap.length - 1; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!isBefore(index, parent)) return;
      swap(index, parent);
      index = parent;
    }
  }

  function pop(): (typeof heap)[number] {
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      if (left >= heap.length) return first;
      const child = left + 1 < heap.length && isBefore(left + 1, left) ? left + 1 : left;
      if (!isBefore(child, index)) return first;
      swap(index, child);
      index = child;
    }
  }

  const at = (when: number, call: () => void) => push({ time: when, order: order++, call });
  return {
    now: () => time,
    random,
    at,
    wait: (milliseconds) => new Promise((resolve) => at(time + Math.max(milliseconds, 0), resolve)),
    async runUntil(end) {
      const settle = async () => {
        for (let turn = 0; turn < microtasks; turn += 1) await undefined;
      };
      await settle();
      while (heap.length > 0 && heap[0]!.time <= end) {
        const next = pop();
        time = next.time;
        next.call();
        await settle();
      }
      time = end;
    },
  };
}

/** Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
