import { expect, it } from "vitest";
import { retryAfterSeconds } from "#lib/http/retry-after.ts";

const now = Date.parse("2026-01-31T18:42:05.400Z");

it.each([
  ["0", 0],
  ["7", 7],
  ["3600", 3600],
  // A day, or a number that is too large for a double, becomes one hour, the maximum.
  ["86400", 3600],
  ["9".repeat(400), 3600],
  // The three forms of RFC 9110, 5.6.7. A part of a second counts as a whole second.
  ["Sat, 31 Jan 2026 18:42:15 GMT", 10],
  ["Saturday, 31-Jan-26 18:42:15 GMT", 10],
  ["Sat Jan 31 18:42:15 2026 GMT", 10],
  ["Sat, 31 Jan 2026 18:41:00 GMT", 0],
  ["Sun, 01 Feb 2026 18:42:05 GMT", 3600],
])("Retry-After %s is %i seconds", (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});

it.each([undefined, "", "soon", "-1", "1.5", "0.5", "7 s", "Sat, 99 Foo", "1e3"])(
  "Retry-After %j is ignored",
  (header) => {
    expect(retryAfterSeconds(header, now)).toBeUndefined();
  },
);
