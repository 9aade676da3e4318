import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { birthdate, calendarDate, instant } from "#lib/fields/date.ts";

const read = (value: unknown) => ({ value, path: "here" });

describe("birthdate", () => {
  test.each([
    "2024-01-29",
    "2024-1-29",
    "2024/1/29",
    "2024.01.29",
    "2024年1月29日",
    "2024年01月29",
    "20240129",
    20240129,
    "2024-01-29T00:00:00Z",
    "2024-01-29T00:00:00.000+08:00",
    "2024-01-29T00:00:00+0000",
    "2024-01-29 00:00:00",
    "２０２４－０１－２９",
    "2024‐01‐29",
    "2024\u200b-01-29",
  ])("takes %j", (value) => {
    expect(birthdate(read(value)).fields).toEqual({ birthdate: "2024-01-29" });
  });

  test.each(["01/02/2024", "29/01/2024", "1-2-24", "29.01.2024"])("does not guess at %j", (value) => {
    expect(birthdate(read(value))).toMatchObject({ fields: {}, problem: "date-ambiguous" });
  });

  test.each([
    "2024-02-30",
    "2023-02-29",
    "0000-00-00",
    "2024-13-01",
    "2024/01-29",
    "45320",
    "1706486400000",
    "yesterday",
    true,
    {},
  ])("refuses %j", (value) => {
    expect(birthdate(read(value))).toMatchObject({ fields: {}, problem: "date-invalid" });
  });

  test("accepts every day from 1800 to 2999", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1800-01-01"), max: new Date("2999-12-31"), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          expect(calendarDate(day)).toEqual({ day });
          expect(calendarDate(day.replaceAll("-", ""))).toEqual({ day });
        },
      ),
    );
  });
});

describe("instant", () => {
  test.each([
    ["2026-01-31T18:42:00+0000", undefined, "2026-01-31T18:42:00.000Z"],
    ["2026-01-31T18:42:00+08:00", undefined, "2026-01-31T10:42:00.000Z"],
    ["2026-01-31T18:42:00.123456789Z", undefined, "2026-01-31T18:42:00.123Z"],
    ["2026-01-31 18:42:00+00", undefined, "2026-01-31T18:42:00.000Z"],
    ["2026-01-31T18:42Z", undefined, "2026-01-31T18:42:00.000Z"],
    [1700000000, undefined, "2023-11-14T22:13:20.000Z"],
    ["1700000000", undefined, "2023-11-14T22:13:20.000Z"],
    ["1700000000.123", undefined, "2023-11-14T22:13:20.123Z"],
    [1700000000123, undefined, "2023-11-14T22:13:20.123Z"],
    [1700000000, "milliseconds", "1970-01-20T16:13:20.000Z"],
    [0, "seconds", "1970-01-01T00:00:00.000Z"],
  ] as const)("reads %j in %s as %s", (value, unit, iso) => {
    expect(instant(value, unit)).toBe(iso);
  });

  test.each([
    "2026-01-31T18:42:00",
    "2026-02-30T00:00:00Z",
    "2026-01-31",
    "2026-01-31T25:00:00Z",
    "",
    "now",
    -1,
    NaN,
    Infinity,
    1e18,
    null,
    {},
  ])("does not guess at %j", (value) => {
    expect(instant(value)).toBeUndefined();
  });
});
