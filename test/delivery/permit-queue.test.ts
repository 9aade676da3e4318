import { describe, expect, it } from "vitest";
import { permitQueue } from "#lib/delivery/permit-queue.ts";
import * as fc from "../properties.ts";
import { virtualClock, type VirtualClock } from "./due-clock.ts";

describe("who waits for a permit", () => {
  /** A gate that opens again so many milliseconds after each permit, and the timers that were set. */
  function gated(time: VirtualClock, interval: number) {
    const start = time.clock.now();
    const gate = { opensAt: start, timers: 0 };
    const queue = permitQueue({
      clock: {
        ...time.clock,
        wait(milliseconds) {
          gate.timers += 1;
          return time.clock.wait(milliseconds);
        },
      },
      opensAt: () => gate.opensAt,
      opensNoSoonerThan: () => gate.opensAt,
      grant: (now) => {
        gate.opensAt = now + interval;
        return true;
      },
    });
    /** What is told, and when. */
    const ask = async (patience: number) => {
      const isGiven = await queue.wait(time.clock.now() + patience);
      return { isGiven: isGiven === true, at: time.clock.now() - start };
    };
    return { gate, queue, ask };
  }

  it("is told in the order of asking as soon as the gate opens, or at once that it will be too late", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ asksAt: fc.nat(60), patience: fc.nat(120) }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.constantFrom(0, -0.5)),
        async (callers, interval, early) => {
          const time = virtualClock(() => early.next().value as number);
          const { ask } = gated(time, interval);
          const told: unknown[] = [];
          for (const [index, { asksAt, patience }] of callers.entries()) {
            time.schedule(asksAt, () => void ask(patience).then((answer) => (told[index] = answer)));
          }
          await time.pass(1000);
          expect(told).toEqual(lookingAlways(callers, interval));
        },
      ),
      { numRuns: 100 },
    );
  });

  /** What callers are told by a queue that looks at all of them in each millisecond. */
  function lookingAlways(callers: readonly { asksAt: number; patience: number }[], interval: number) {
    const told: { isGiven: boolean; at: number }[] = [];
    let waiting: number[] = [];
    let opensAt = 0;
    const deadline = (index: number) => (callers[index]?.asksAt ?? 0) + (callers[index]?.patience ?? 0);
    for (let at = 0; at <= 200; at += 1) {
      const asking = [...callers.keys()].filter((index) => callers[index]?.asksAt === at);
      for (const index of [undefined, ...asking]) {
        if (index !== undefined) waiting.push(index);
        const first = opensAt <= at ? waiting.find((each) => deadline(each) > at) : undefined;
        if (first !== undefined) {
          told[first] = { isGiven: true, at };
          opensAt = at + interval;
        }
        waiting = waiting.filter((each) => each !== first);
        for (const each of waiting) {
          if (deadline(each) <= Math.max(opensAt, at)) told[each] = { isGiven: false, at };
        }
        waiting = waiting.filter((each) => told[each] === undefined);
      }
    }
    return told;
  }

  it("is woken by one timer, however many others wait", async () => {
    const time = virtualClock();
    const { gate, ask } = gated(time, 1);
    const told = Promise.all(Array.from({ length: 1000 }, () => ask(Infinity)));
    await time.pass(2000);
    expect((await told).map(({ at }) => at)).toEqual(Array.from({ length: 1000 }, (_, at) => at));
    expect(gate.timers).toBe(999);
  });

  it("hears of a gate that opens sooner, and of one that opens later than it was to", async () => {
    const time = virtualClock();
    const { gate, queue, ask } = gated(time, 10);
    const start = gate.opensAt;
    const given: number[] = [];
    gate.opensAt = start + 500;
    for (let index = 0; index < 3; index += 1) void ask(Infinity).then(({ at }) => given.push(at));
    await time.pass(100);
    gate.opensAt = start + 200;
    queue.advance();
    await time.pass(50);
    gate.opensAt = start + 300;
    await time.pass(1000);
    expect(given).toEqual([300, 310, 320]);
  });
});
