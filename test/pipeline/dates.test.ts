import { describe, expect, it } from "vitest";
import { effectiveFrom, endOfDay, startOfDay } from "#lib/pipeline/dates.ts";

describe("a day", () => {
  // When the clocks change is in the time zone database, https://www.iana.org/time-zones.
  it.each([
    ["Asia/Shanghai", "2026-03-30", "2026-03-29T16:00:00.000Z", "2026-03-30T16:00:00.000Z"],
    ["UTC", "2026-12-31", "2026-12-31T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
    ["UTC", "2028-02-28", "2028-02-28T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
    ["Asia/Kathmandu", "2026-03-30", "2026-03-29T18:15:00.000Z", "2026-03-30T18:15:00.000Z"],
    ["Pacific/Kiritimati", "2026-03-30", "2026-03-29T10:00:00.000Z", "2026-03-30T10:00:00.000Z"],
    ["Pacific/Pago_Pago", "2026-03-30", "2026-03-30T11:00:00.000Z", "2026-03-31T11:00:00.000Z"],
    // The day has 23 hours, then 25.
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", "2026-11-02T05:00:00.000Z"],
    // There is no midnight: the clocks go from 00:00 to 01:00.
    ["America/Santiago", "2024-09-08", "2024-09-08T04:00:00.000Z", "2024-09-09T03:00:00.000Z"],
    ["America/Havana", "2024-03-10", "2024-03-10T05:00:00.000Z", "2024-03-11T04:00:00.000Z"],
    ["Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00.000Z", "2024-04-26T21:00:00.000Z"],
    // The day before ends only when midnight has come, though it comes an hour later, or twice.
    ["America/Santiago", "2024-04-06", "2024-04-06T03:00:00.000Z", "2024-04-07T04:00:00.000Z"],
    ["America/Havana", "2024-11-03", "2024-11-03T04:00:00.000Z", "2024-11-04T05:00:00.000Z"],
  ])("in %s, %s, begins and ends there", (timeZone, day, begins, ends) => {
    expect(new Date(startOfDay(day, timeZone)).toISOString()).toBe(begins);
    expect(new Date(endOfDay(day, timeZone)).toISOString()).toBe(ends);
  });

  it("ends when the next one begins, on every day of three years", () => {
    for (const timeZone of [
      "Asia/Shanghai",
      "Europe/Berlin",
      "America/Santiago",
      "Africa/Cairo",
      "Atlantic/Azores",
      "America/Havana",
    ]) {
      let before = startOfDay("2024-01-01", timeZone);
      for (let at = Date.UTC(2024, 0, 2); at < Date.UTC(2027, 0, 1); at += 86_400_000) {
        const day = new Date(at).toISOString().slice(0, 10);
        const begins = startOfDay(day, timeZone);
        expect((begins - before) / 3_600_000, `${timeZone} ${day}`).toSatisfy((hours) =>
          [23, 24, 25].includes(hours as number),
        );
        const shown = new Intl.DateTimeFormat("sv-SE", { timeZone });
        expect(shown.format(begins), timeZone).toBe(day);
        expect(shown.format(begins - 1), timeZone).not.toBe(day);
        before = begins;
      }
    }
  });
});

describe("a change", () => {
  const timeZone = "Asia/Shanghai";
  it("holds from the first day, from the end of the last day, or at once", () => {
    const person = { externalId: "1" };
    expect(effectiveFrom({ kind: "create", person, trail: {}, firstDay: "2026-03-09" }, timeZone)).toBe(
      Date.parse("2026-03-08T16:00:00.000Z"),
    );
    expect(effectiveFrom({ kind: "leave", who: {}, lastDay: "2026-03-30" }, timeZone)).toBe(
      Date.parse("2026-03-30T16:00:00.000Z"),
    );
    expect(effectiveFrom({ kind: "create", person, trail: {} }, timeZone)).toBeUndefined();
    expect(effectiveFrom({ kind: "leave", who: {} }, timeZone)).toBeUndefined();
    expect(
      effectiveFrom({ kind: "update", who: {}, person, complete: true, trail: {} }, timeZone),
    ).toBeUndefined();
  });
});
