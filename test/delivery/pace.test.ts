import { describe, expect, it } from "vitest";
import { createPace, type Pace, type PaceOptions, type Permit } from "#lib/delivery/pace.ts";
import * as fc from "../properties.ts";
import { virtualClock, type VirtualClock } from "./due-clock.ts";

function paceOf({ clock }: VirtualClock, options: Partial<PaceOptions> = {}): Pace {
  return createPace({ clock, maxPerSecond: 100, ...options });
}

/** Callers that are never satisfied, and a server that answers each call after 50 ms. When its calls were made, and taken. */
function saturate(
  time: VirtualClock,
  pace: Pace,
  takes: (now: number) => boolean,
  { callers = 20, retryAfterSeconds }: { callers?: number; retryAfterSeconds?: number } = {},
) {
  const made: number[] = [];
  const taken: number[] = [];
  const call = (permit: Permit | undefined) => {
    const now = time.clock.now();
    made.push(now);
    const isTaken = takes(now);
    if (isTaken) taken.push(now);
    time.schedule(50, () => {
      if (isTaken) permit?.accepted();
      else permit?.throttled(retryAfterSeconds);
      void next();
    });
  };
  const next = async () => call(await pace.permit());
  for (let caller = 0; caller < callers; caller += 1) void next();
  return { made, taken };
}

/** A bucket of one second's worth of calls. */
function bucket(perSecond: (now: number) => number) {
  let tokens = 1;
  let filledAt: number | undefined;
  return (now: number) => {
    tokens += ((now - (filledAt ?? now)) / 1000) * perSecond(now);
    tokens = Math.min(tokens, Math.max(perSecond(now), 1));
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** Fixed windows of so many calls, from the first call on. */
function windows(limit: number, milliseconds: number) {
  let startedAt: number | undefined;
  let [window, calls] = [0, 0];
  return (now: number) => {
    startedAt ??= now;
    const index = Math.floor((now - startedAt) / milliseconds);
    if (index !== window) [window, calls] = [index, 0];
    calls += 1;
    return calls <= limit;
  };
}

function mostInASecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + 1000).length));
}

async function permitsOf(
  time: VirtualClock,
  pace: Pace,
  count: number,
): Promise<readonly (Permit | undefined)[]> {
  const permits = Promise.all(Array.from({ length: count }, () => pace.permit()));
  await time.pass(1000);
  return permits;
}

const between = (times: readonly number[], from: number, to: number) =>
  times.filter((at) => at >= from && at < to);

describe("the pace of calls to Authing", () => {
  it("lets the first call go at once", async () => {
    const time = virtualClock();
    const permit = await paceOf(time).permit();
    expect(permit).toBeDefined();
  });

  it("gives permits in the order in which they were asked for", async () => {
    const time = virtualClock();
    const pace = paceOf(time);
    const order: number[] = [];
    const call = async (index: number) => {
      const permit = await pace.permit();
      order.push(index);
      if (index % 7 === 3) permit?.throttled();
      else permit?.accepted();
    };
    for (let index = 0; index < 500; index += 1) void call(index);
    await time.pass(20 * 60_000);
    expect(order).toEqual(Array.from({ length: 500 }, (_, index) => index));
  });

  it("never makes more calls in any second than allowed, with timers that are late", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 60 }),
        fc.infiniteStream(fc.nat({ max: 25 })),
        async (maxPerSecond, startPerSecond, limit, lateness) => {
          const time = virtualClock(() => lateness.next().value as number);
          const pace = paceOf(time, { maxPerSecond, startPerSecond });
          const { made } = saturate(
            time,
            pace,
            bucket(() => limit),
          );
          await time.pass(8000);
          expect(mostInASecond(made)).toBeLessThanOrEqual(maxPerSecond);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("reaches the most that is allowed when nothing is refused, even with timers that are late", async () => {
    const time = virtualClock(() => 1.5);
    const { made } = saturate(time, paceOf(time, { maxPerSecond: 200 }), () => true);
    await time.pass(20_000);
    const end = time.clock.now();
    expect(between(made, end - 5000, end).length / 5).toBeGreaterThan(180);
  });

  it("uses a limit that it was not told, and is hardly ever refused", async () => {
    const time = virtualClock();
    const { made, taken } = saturate(
      time,
      paceOf(time),
      bucket(() => 20),
    );
    await time.pass(120_000);
    expect(taken.length).toBeGreaterThan(0.9 * 120 * 20);
    expect(made.length - taken.length).toBeLessThan(0.02 * made.length);
  });

  it("makes no call before the time that Authing asks for is over", async () => {
    const time = virtualClock();
    const pace = paceOf(time);
    const first = await pace.permit();
    first?.throttled(30);
    const start = time.clock.now();
    const { made } = saturate(time, pace, () => true);
    await time.pass(60_000);
    expect(made[0]).toBe(start + 30_000);
    expect(made.length).toBeGreaterThan(100);
  });

  it("waits for the longest of several such times", async () => {
    const time = virtualClock();
    const pace = paceOf(time, { startPerSecond: 50 });
    const permits = await permitsOf(time, pace, 3);
    permits[0]?.throttled(5);
    permits[1]?.throttled(20);
    permits[2]?.throttled(1);
    const start = time.clock.now();
    const { made } = saturate(time, pace, () => true);
    await time.pass(30_000);
    expect(made[0]).toBe(start + 20_000);
  });

  it("counts refusals of calls that were on their way together as one", async () => {
    const time = virtualClock();
    const pace = paceOf(time, { startPerSecond: 50 });
    const permits = await permitsOf(time, pace, 20);
    permits[0]?.accepted();
    const before = pace.perSecond;
    for (const permit of permits.slice(1)) permit?.throttled();
    expect(pace.perSecond).toBeLessThan(before);
    expect(pace.perSecond).toBeGreaterThan(before * 0.7);
  });

  it("sends one probe after a refusal, and lets the others follow once it is accepted", async () => {
    const time = virtualClock();
    const pace = paceOf(time, { startPerSecond: 50 });
    (await pace.permit())?.throttled();
    let given = 0;
    const call = async () => {
      const permit = await pace.permit();
      given += 1;
      return permit;
    };
    const [first] = [call(), call(), call()];
    await time.pass(900);
    expect(given).toBe(1);
    (await first)?.accepted();
    await time.pass(100);
    expect(given).toBe(3);
  });

  it("probes less and less often while every probe is refused", async () => {
    const time = virtualClock();
    const { made } = saturate(time, paceOf(time, { startPerSecond: 50 }), () => false);
    await time.pass(180_000);
    const late = made.slice(-6);
    const gaps = late.slice(1).map((at, index) => at - (late[index] as number));
    for (const gap of gaps) expect(gap).toBeGreaterThan(10_000);
    expect(made.length).toBeLessThan(40);
  });

  it("goes on soon after Authing accepts calls again", async () => {
    const time = virtualClock();
    const start = time.clock.now();
    const open = bucket(() => 20);
    const { taken } = saturate(time, paceOf(time), (now) => (now < start + 60_000 ? false : open(now)));
    await time.pass(180_000);
    expect(between(taken, start, start + 80_000).length).toBeGreaterThan(0);
    expect(between(taken, start + 120_000, start + 180_000).length).toBeGreaterThan(0.8 * 60 * 20);
  });

  it("is as fast as before after a time without any accepted call, however many probes were refused", async () => {
    const time = virtualClock();
    const pace = paceOf(time);
    const start = time.clock.now();
    const isRefusing = (now: number) => now >= start + 300_000 && now < start + 330_000;
    const open = bucket(() => 40);
    const { taken } = saturate(time, pace, (now) => !isRefusing(now) && open(now));
    await time.pass(400_000);
    const goesOn = taken.find((at) => at >= start + 330_000) as number;
    expect(goesOn).toBeLessThan(start + 348_000);
    expect(between(taken, goesOn, goesOn + 20_000).length).toBeGreaterThan(0.85 * 20 * 40);
  });

  it("spreads the calls of a limit for a stretch of time over it", async () => {
    const time = virtualClock();
    const start = time.clock.now();
    const { made, taken } = saturate(time, paceOf(time), windows(600, 60_000));
    await time.pass(600_000);
    const late = between(taken, start + 540_000, start + 600_000);
    expect(late.length).toBeGreaterThan(0.95 * 600);
    expect(between(late, start + 540_000, start + 555_000).length).toBeLessThan(0.35 * 600);
    expect(made.length - taken.length).toBeLessThan(0.02 * made.length);
  });

  it("counts all calls of such a stretch, also those that came a little later than the rate allowed", async () => {
    const time = virtualClock();
    const start = time.clock.now();
    // Twenty callers that wait for 50 ms each make at most 400 calls a second.
    const { taken } = saturate(time, paceOf(time, { maxPerSecond: 1000 }), windows(1500, 60_000));
    await time.pass(600_000);
    expect(between(taken, start + 120_000, start + 600_000).length).toBeGreaterThan(0.9 * 8 * 1500);
  });

  it("gives up little for a few refusals in a row that were chance", async () => {
    const time = virtualClock();
    const pace = paceOf(time, { startPerSecond: 40, maxPerSecond: 40 });
    let calls = 0;
    const slowest: number[] = [];
    saturate(time, pace, () => {
      calls += 1;
      slowest.push(pace.perSecond);
      return ![400, 420, 440].includes(calls);
    });
    await time.pass(15_000);
    expect(calls).toBeGreaterThan(450);
    expect(Math.min(...slowest)).toBeLessThan(0.95 * 40);
    expect(Math.min(...slowest)).toBeGreaterThan(0.8 * 40);
  });

  it("tries a limit that stays more and more rarely", async () => {
    const time = virtualClock();
    const start = time.clock.now();
    const { made, taken } = saturate(time, paceOf(time), windows(20, 1000));
    await time.pass(600_000);
    const accepted = new Set(taken);
    const refusedBetween = (from: number, to: number) =>
      between(made, start + from, start + to).filter((at) => !accepted.has(at)).length;
    expect(refusedBetween(0, 100_000)).toBeGreaterThan(4);
    expect(refusedBetween(300_000, 600_000)).toBeLessThan(12);
    expect(between(taken, start + 300_000, start + 600_000).length).toBeGreaterThan(0.95 * 300 * 20);
  });

  it("notices within a minute and a half that a limit is gone which was confirmed for ten", async () => {
    const time = virtualClock();
    const start = time.clock.now();
    const limited = windows(5, 1000);
    const { taken } = saturate(time, paceOf(time), (now) => now >= start + 600_000 || limited(now));
    await time.pass(700_000);
    expect(between(taken, start + 690_000, start + 700_000).length / 10).toBeGreaterThan(50);
  });

  it("gives up the less of a limit for one refusal, the more often it was confirmed", async () => {
    // A window of 20 calls a second, then of 5 for ten seconds.
    const rateAfter = async (seconds: number) => {
      const time = virtualClock();
      const pace = paceOf(time);
      const fallsAt = time.clock.now() + seconds * 1000;
      const [before, after] = [windows(20, 1000), windows(5, 1000)];
      saturate(time, pace, (now) => (now < fallsAt ? before(now) : after(now)));
      await time.pass(seconds * 1000 + 10_000);
      return pace.perSecond;
    };
    expect(await rateAfter(500)).toBeGreaterThan(1.2 * (await rateAfter(20)));
  });

  it("follows a limit that falls and rises again", async () => {
    const time = virtualClock();
    const start = time.clock.now();
    const limit = (now: number) => [20, 5, 40][Math.floor((now - start) / 100_000)] ?? 40;
    const { made, taken } = saturate(time, paceOf(time), bucket(limit));
    await time.pass(300_000);
    expect(between(taken, start + 110_000, start + 200_000).length).toBeGreaterThan(0.85 * 90 * 5);
    expect(between(taken, start + 250_000, start + 300_000).length).toBeGreaterThan(0.85 * 50 * 40);
    expect(made.length - taken.length).toBeLessThan(0.02 * made.length);
  });

  it("does not take few calls for a low limit", async () => {
    const time = virtualClock();
    const pace = paceOf(time, { startPerSecond: 50 });
    // Four calls in a second, for a minute; the last one is refused.
    for (let call = 0; call < 240; call += 1) {
      const permit = await pace.permit();
      if (call < 239) permit?.accepted();
      else permit?.throttled();
      await time.pass(250);
    }
    expect(pace.perSecond).toBeGreaterThan(40);
    expect(pace.perSecond).toBeLessThanOrEqual(50);
  });

  it("gives up at once the callers that cannot have a permit in time, and only them", async () => {
    const time = virtualClock();
    const pace = paceOf(time);
    const start = time.clock.now();
    (await pace.permit())?.throttled(30);
    const late = await pace.permit(start + 30_000);
    expect(late).toBeUndefined();
    expect(time.clock.now()).toBe(start);
    const inTime = pace.permit(start + 30_001);
    await time.pass(31_000);
    expect(await inTime).toBeDefined();
  });

  it("gives no permit after the deadline", async () => {
    const time = virtualClock(() => 7);
    const pace = paceOf(time, { maxPerSecond: 4 });
    const start = time.clock.now();
    const given: number[] = [];
    let refused = 0;
    const call = async () => {
      if (await pace.permit(start + 3000)) given.push(time.clock.now());
      else refused += 1;
    };
    for (let index = 0; index < 30; index += 1) void call();
    await time.pass(3100);
    expect(given.length + refused).toBe(30);
    expect(given.length).toBeGreaterThanOrEqual(11);
    for (const at of given) expect(at).toBeLessThan(start + 3000);
  });

  it("does not wait for ever for a call that never answers", async () => {
    const time = virtualClock();
    const pace = paceOf(time);
    (await pace.permit())?.throttled();
    // The probe is lost.
    const lost = pace.permit();
    await time.pass(1000);
    expect(await lost).toBeDefined();
    const { taken } = saturate(time, pace, () => true);
    await time.pass(60_000);
    expect(taken.length).toBeGreaterThan(100);
  });

  it("never stops, whatever is answered", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("accepted", "throttled", "asked to wait", "lost"), { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        async (answers, callers) => {
          const time = virtualClock();
          const pace = paceOf(time);
          let given = 0;
          const call = async () => {
            const permit = await pace.permit();
            const answer = answers[given] ?? "accepted";
            given += 1;
            time.schedule(50, () => {
              if (answer === "accepted") permit?.accepted();
              if (answer === "throttled") permit?.throttled();
              if (answer === "asked to wait") permit?.throttled(2);
            });
          };
          for (let caller = 0; caller < callers + answers.length; caller += 1) void call();
          await time.pass(answers.length * 20_000 + callers * 2000 + 1000);
          expect(given).toBe(callers + answers.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("serves thousands who wait at once", async () => {
    const time = virtualClock();
    const pace = paceOf(time, { maxPerSecond: 300, startPerSecond: 300 });
    let given = 0;
    const call = async () => {
      const permit = await pace.permit(time.clock.now() + 60_000);
      given += 1;
      permit?.accepted();
    };
    for (let index = 0; index < 5000; index += 1) void call();
    await time.pass(20_000);
    expect(given).toBe(5000);
  });
});
