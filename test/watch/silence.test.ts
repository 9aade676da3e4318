import { describe, expect, it } from "vitest";
import { quarterMilliseconds } from "#lib/contract/delivery-history.ts";
import { sameTimeOfWeek, zoneOffset } from "#lib/watch/local-weeks.ts";
import { historyMilliseconds, verdictOn, type Verdict } from "#lib/watch/silence.ts";
import * as fc from "../properties.ts";
import { always, day, hour, localTime, nightly, office, quartersOf, type Rhythm } from "./rhythms.ts";

const timeZone = "Asia/Shanghai";
const weeks = 7 * day;

interface Switched {
  readonly rhythm: Rhythm;
  /** When its deliveries begin, and when they end. */
  readonly on?: number;
  readonly off: number;
  readonly timeZone?: string;
  readonly seed?: number;
}

/** What is said at a moment of a source that was switched on and off. */
function said(source: Switched, now: number, policy: "learnt" | number = "learnt"): Verdict {
  const zone = source.timeZone ?? timeZone;
  const from = source.on ?? source.off - 8 * weeks;
  const quarters = quartersOf(source.rhythm, { ...source, from, until: source.off }).filter(
    (at) => at >= now - historyMilliseconds,
  );
  return verdictOn(policy, { quarters, until: now, timeZone: zone });
}

/** How many hours after a source was switched off its silence is told; Infinity where it is not told within four weeks. */
function toldAfterHours(source: Switched): number {
  const from = source.on ?? source.off - 8 * weeks;
  const quarters = quartersOf(source.rhythm, { ...source, from, until: source.off });
  const isToldAfter = (count: number) => {
    const until = source.off + count * quarterMilliseconds;
    const recent = quarters.filter((at) => at >= until - historyMilliseconds);
    return (
      verdictOn("learnt", { quarters: recent, until, timeZone: source.timeZone ?? timeZone }).state ===
      "silent"
    );
  };
  // A gap that grows never stops being a silence, as a test below shows: so the first moment can be halved for.
  let [low, high] = [0, 27 * 96];
  if (!isToldAfter(high)) return Infinity;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isToldAfter(middle)) high = middle;
    else low = middle + 1;
  }
  return low / 4;
}

const friday = localTime("2026-11-06T12:00");
const saturday = localTime("2026-11-07T00:00");
const monday = localTime("2026-11-09T09:00");

describe("a source that falls silent is told", () => {
  it.each<[what: string, rhythm: Rhythm, off: number, atMostHours: number]>([
    ["one that delivers all day and night", always(20), friday, 2.5],
    ["one that delivers in office hours", office(20), friday, 3.5],
    ["one that delivers twice an hour in office hours, on the next working day", office(2), friday, 72],
    ["one that delivers twice a day, within ten working days", office(0.2), friday, 14 * 24],
    ["one that runs every night, after three nights", nightly, friday, 3 * 24],
    ["one that is switched off for the weekend and Monday, on Monday", office(3), saturday, 72],
    ["one that is switched off on Friday evening, on Monday", office(20), saturday - 5 * hour, 64],
  ])("%s", (_, rhythm, off, atMostHours) => {
    for (const seed of [1, 2, 3]) {
      expect(toldAfterHours({ rhythm, off, seed })).toBeLessThanOrEqual(atMostHours);
    }
  });

  it("in its second week already, by what the first one taught", () => {
    const on = friday - 11 * day;
    expect(toldAfterHours({ rhythm: office(20), on, off: friday })).toBeLessThanOrEqual(24);
  });

  it("and stays told while the silence lasts, for four weeks, whatever it was like before", () => {
    const rhythms = fc.record({
      perHour: fc.constantFrom(0.1, 0.5, 2, 20),
      isOffice: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1000 }),
      offHours: fc.integer({ min: 0, max: 168 }),
      knownDays: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(rhythms, ({ perHour, isOffice, seed, offHours, knownDays }) => {
        const off = friday + offHours * hour;
        const rhythm = isOffice ? office(perHour) : always(perHour);
        const source = { rhythm, off, on: off - knownDays * day, seed };
        const states = Array.from({ length: 28 }, (_, days) => said(source, off + days * day).state);
        const first = states.indexOf("silent");
        expect(states.slice(first < 0 ? states.length : first)).not.toContain("heard");
      }),
      { numRuns: 40 },
    );
  });

  it("with the hours for which it is silent, and since when", () => {
    const source = { rhythm: always(100), off: friday };
    expect(said(source, friday + 5 * hour)).toEqual({ state: "silent", hours: 5, since: friday });
  });

  it("no longer once a delivery comes", () => {
    const quarters = quartersOf(always(20), { from: friday - 8 * weeks, until: friday });
    const silentDays = 10;
    const now = friday + silentDays * day;
    const heard = { until: now, timeZone };
    expect(verdictOn("learnt", { ...heard, quarters }).state).toBe("silent");
    const again = [...quarters, now - quarterMilliseconds];
    expect(verdictOn("learnt", { ...heard, quarters: again })).toEqual({ state: "heard" });
  });

  it("as forgotten after four weeks, when nothing is left to compare with", () => {
    const source = { rhythm: always(20), off: friday };
    expect(said(source, friday + 28 * day).state).toBe("silent");
    expect(said(source, friday + 28 * day + hour)).toEqual({ state: "forgotten" });
    expect(said(source, friday + 80 * day)).toEqual({ state: "forgotten" });
  });
});

describe("a source that is as it was is not told", () => {
  /** How often in a year a source counts as silent that no fault has silenced. */
  function falseAlarms(rhythm: Rhythm, zone: string, seed: number): number {
    const from = localTime("2025-10-01T00:00", zone);
    const quarters = quartersOf(rhythm, { from, until: from + 421 * day, timeZone: zone, seed });
    let [alarms, low] = [0, 0];
    for (const [index, until] of quarters.entries()) {
      const gap = until - (quarters[index - 1] ?? until);
      if (until < from + historyMilliseconds || gap <= 2 * hour) continue;
      while ((quarters[low] ?? Infinity) < until - historyMilliseconds) low += 1;
      // At its end, a gap is at its longest.
      const recent = quarters.slice(low, index);
      if (verdictOn("learnt", { quarters: recent, until, timeZone: zone }).state === "silent") alarms += 1;
    }
    return alarms;
  }

  it.each<[what: string, rhythm: Rhythm, zone: string, atMost: number]>([
    ["at night and at the weekend, where clocks are changed twice a year", office(20), "Europe/Berlin", 0],
    ["with two deliveries an hour in office hours", office(2), "America/New_York", 2],
    ["with one delivery a day", office(0.1), "Asia/Shanghai", 2],
    ["with a delivery now and then, day and night", always(0.5), "Asia/Shanghai", 3],
    ["with a run each night", nightly, "Europe/Berlin", 0],
  ])(
    "%s",
    (_, rhythm, zone, atMost) => {
      expect(falseAlarms(rhythm, zone, 7)).toBeLessThanOrEqual(atMost);
    },
    60_000,
  );

  it("on its first weekend, and the first week long: nothing is learnt yet", () => {
    const on = localTime("2026-11-02T09:00");
    for (const off of [friday, localTime("2026-11-06T18:00")]) {
      for (let hours = 0; hours < 60; hours += 1) {
        expect(said({ rhythm: office(20), on, off }, off + hours * hour).state).toBe("heard");
      }
    }
  });

  it("while it has never delivered", () => {
    expect(said({ rhythm: always(0), off: friday }, friday)).toEqual({ state: "forgotten" });
  });

  it("on a public holiday more than once: the alarm ends with the next delivery", () => {
    const before = quartersOf(office(20), { from: monday - 8 * weeks, until: monday });
    const tuesday = monday + day;
    const after = quartersOf(office(20), { from: tuesday, until: tuesday + hour });
    const states = Array.from({ length: 25 }, (_, hours) => {
      const until = monday + hours * hour + (hours === 24 ? hour : 0);
      const quarters = [...before, ...after].filter((at) => at < until);
      return verdictOn("learnt", { quarters, until, timeZone }).state;
    });
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      "heard",
      "silent",
      "heard",
    ]);
  });
});

describe("what is configured", () => {
  it("counts in place of what is learnt", () => {
    const source = { rhythm: always(20), off: friday };
    expect(said(source, friday + 47 * hour, 48)).toEqual({ state: "heard" });
    expect(said(source, friday + 48 * hour, 48)).toMatchObject({ state: "silent", hours: 48 });
    expect(said(source, friday + 50 * day, 48)).toMatchObject({ state: "silent", hours: 1200 });
  });

  it("counts for a source that has never delivered, too", () => {
    expect(said({ rhythm: always(0), off: friday }, friday, 48)).toEqual({ state: "silent", hours: 1344 });
  });

  it("may be that the source is never silent", () => {
    const quarters = quartersOf(always(20), { from: friday - 8 * weeks, until: friday });
    expect(verdictOn("never", { quarters, until: friday + 9 * day, timeZone })).toEqual({ state: "heard" });
  });
});

describe("hours of the week", () => {
  it.each([
    ["Europe/Berlin", "2026-10-26T02:00Z", -1, "2026-10-19T01:00Z"],
    ["Europe/Berlin", "2026-03-30T01:00Z", -1, "2026-03-23T02:00Z"],
    ["Europe/Berlin", "2026-03-23T02:00Z", 1, "2026-03-30T01:00Z"],
    ["America/New_York", "2026-11-02T14:00Z", -2, "2026-10-19T13:00Z"],
    ["Australia/Lord_Howe", "2026-10-05T00:00Z", -1, "2026-09-28T00:30Z"],
    ["Asia/Shanghai", "2026-10-26T02:00Z", -3, "2026-10-05T02:00Z"],
  ])("in %s: %s, %i weeks later, is %s", (zone, at, weeks, other) => {
    expect(sameTimeOfWeek(Date.parse(at), weeks, zoneOffset(zone))).toBe(Date.parse(other));
  });

  it("are those of the company's clocks, across the change of the clocks", () => {
    // Clocks go back on 25 October 2026: a run at three in the night is an hour later by UTC.
    const zone = "Europe/Berlin";
    const off = localTime("2026-10-26T00:00", zone);
    const source = { rhythm: nightly, off, timeZone: zone };
    const told = toldAfterHours(source);
    expect(told).toBeGreaterThan(24);
    expect(told).toBeLessThanOrEqual(3 * 24);
  });
});
