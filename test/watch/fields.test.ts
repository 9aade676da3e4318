import { describe, expect, it } from "vitest";
import { keptDays, missingFields, type FilledDay } from "#lib/watch/fields.ts";
import * as fc from "../properties.ts";

/** Days one after the other, each with so many events, of which so many have an e-mail address; all have a name. */
function days(...counts: readonly (readonly [events: number, withEmail: number])[]): FilledDay[] {
  return counts.map(([events, email], index) => ({
    day: dayOf(index),
    events,
    fields: { name: events, ...(email > 0 && { email }) },
  }));
}
const dayOf = (index: number) => new Date(Date.UTC(2026, 9, 1 + index)).toISOString().slice(0, 10);
const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
const namesOf = (counted: readonly FilledDay[]) => missingFields(counted)?.map(({ field }) => field);

describe("a field that a source no longer fills", () => {
  it("is told the day after, with its share before and now", () => {
    expect(missingFields(days(...times(14, [5, 4] as const), [12, 1]))).toEqual([
      { field: "email", usualShare: 0.8, share: 1 / 12, since: dayOf(14) },
    ]);
  });

  it("is told of a slow source by several days together", () => {
    const before = times(14, [3, 3] as const);
    expect(namesOf(days(...before, [3, 0], [3, 0], [3, 0]))).toEqual([]);
    expect(namesOf(days(...before, [3, 0], [3, 0], [3, 0], [3, 0]))).toEqual(["email"]);
  });

  it("stays told for as long as it is missing, until it counts as usual after four weeks", () => {
    const before = times(14, [20, 20] as const);
    for (let missing = 1; missing <= 40; missing += 1) {
      const counted = days(...before, ...times(missing, [20, 0] as const)).slice(-keptDays);
      expect(namesOf(counted), `day ${missing}`).toEqual(missing <= 28 ? ["email"] : []);
    }
  });

  it("is no longer told once it is filled again", () => {
    expect(namesOf(days(...times(14, [20, 20] as const), [20, 0], [20, 20]))).toEqual([]);
  });

  it("is told on a day with as many events as it takes, and with fewer nothing is said", () => {
    const before = times(14, [20, 20] as const);
    expect(namesOf(days(...before, [10, 0]))).toEqual(["email"]);
    expect(missingFields(days([9, 0]))).toBeUndefined();
    expect(missingFields([])).toBeUndefined();
  });
});

describe("nothing is told", () => {
  it.each<[what: string, counted: FilledDay[]]>([
    ["of a field that most events did not fill", days(...times(14, [20, 9] as const), [20, 0])],
    ["of a field that a part of the events still fills", days(...times(14, [20, 20] as const), [20, 3])],
    ["where there were too few events before", days([19, 19], [20, 0])],
    ["of a new source", days([50, 50])],
    ["where the field was filled long ago", [...days([50, 50]), { day: dayOf(20), events: 20, fields: {} }]],
  ])("%s", (_, counted) => {
    expect(namesOf(counted)).toEqual([]);
  });

  it("of a source that fills a field in a steady share, whatever it is, more than once in hundreds of days", () => {
    const source = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      noise: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }),
    });
    fc.assert(
      fc.property(source, ({ share, noise }) => {
        const counted = days(
          ...noise.map((by) => [30, Math.round(30 * Math.min(1, share * (0.9 + by / 5)))] as const),
        );
        expect(namesOf(counted)).toEqual([]);
      }),
    );
  });
});
