import { describe, expect, test } from "vitest";
import { birthdate, birthdateOfFile, calendarDate, instant } from "#lib/fields/date.ts";
import * as fc from "../properties.ts";

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
    "2024/1/29 0:00",
    "2024/1/29 8:30:00",
    "2024/01/29 12:00:00 AM",
    "2024年1月29日 0:00",
    "２０２４－０１－２９",
    "2024‐01‐29",
    "2024\u200b-01-29",
  ])("takes %j", (value) => {
    expect(birthdate(read(value)).fields).toEqual({ birthdate: "2024-01-29" });
  });

  test.each(["01/02/2024", "29/01/2024", "1-2-24", "29.01.2024", "29/01/2024 0:00"])(
    "does not guess at %j",
    (value) => {
      expect(birthdate(read(value))).toMatchObject({ fields: {}, problem: "date-ambiguous" });
    },
  );

  test.each([
    "2024-02-30",
    "2023-02-29",
    "0000-00-00",
    "2024-13-01",
    "2024/01-29",
    "2024-01-29 25:00",
    "2024-01-29 0:00 at home",
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

describe("the birthday of a person in a file", () => {
  const ofFile = (value: unknown, today?: string) => birthdateOfFile(read(value), today);

  test.each([
    "1990/5/17 0:00",
    "1990-05-17 00:00:00",
    "1990-05-17 08:00",
    "1990-05-17T00:00:00Z",
    "1990-05-17T00:00:00.000+08:00",
  ])("is the day that is written: %s", (value) => {
    expect(ofFile(value, "2026-11-27").fields).toEqual({ birthdate: "1990-05-17" });
  });

  test.each([
    ["1990-05-16T16:00:00Z", "birthdate-moved"],
    ["1990-05-17T08:00:00+0800", "birthdate-moved"],
    ["2026-11-28", "birthdate-in-future"],
    ["2062-05-17", "birthdate-in-future"],
    ["1900-01-01", "birthdate-too-early"],
    ["1899-12-30", "birthdate-too-early"],
    ["17.05.1990", "date-ambiguous"],
    ["17/05/90", "date-ambiguous"],
    ["33010", "date-invalid"],
  ])("is not guessed at: %s is %s", (value, problem) => {
    expect(ofFile(value, "2026-11-27")).toMatchObject({ fields: {}, problem });
  });

  test("may be today, and any day since 1900 where today is not known", () => {
    expect(ofFile("2026-11-27", "2026-11-27").fields).toEqual({ birthdate: "2026-11-27" });
    expect(ofFile("2062-05-17").fields).toEqual({ birthdate: "2062-05-17" });
    expect(ofFile("1900-01-01").problem).toBe("birthdate-too-early");
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
