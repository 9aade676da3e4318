import { describe, expect, it } from "vitest";
import { changesFrom, changesUpTo } from "#lib/source-apis/changes.ts";

const now = Date.parse("2026-01-31T18:00:00Z");
const hour = 60 * 60_000;

describe("the place in a list of changes", () => {
  it("begins with everybody, goes through the pages, and ends with the next time", () => {
    const first = changesFrom(undefined, now);
    expect(first).toEqual({ startedAt: "2026-01-31T18:00:00.000Z" });
    const second = changesUpTo(first, "page-2");
    expect(second.isComplete).toBe(false);
    const from = changesFrom(second.cursor, now + hour);
    expect(from).toEqual({ startedAt: first.startedAt, page: "page-2" });
    const end = changesUpTo(from, undefined);
    expect(end.isComplete).toBe(true);
    // What changed while the pages were read is read again, and what a slow clock would hide.
    expect(changesFrom(end.cursor, now + 2 * hour)).toEqual({
      since: "2026-01-31T17:55:00.000Z",
      startedAt: "2026-01-31T20:00:00.000Z",
    });
  });

  it("begins anew where the page is a day old, and keeps since when", () => {
    const { cursor } = changesUpTo(
      { since: "2026-01-30T00:00:00.000Z", startedAt: "2026-01-31T18:00:00.000Z" },
      "page-2",
    );
    expect(changesFrom(cursor, now + 25 * hour)).toEqual({
      since: "2026-01-30T00:00:00.000Z",
      startedAt: "2026-02-01T19:00:00.000Z",
    });
  });

  it.each(["", "{", "null", "[]", '{"since":"soon","page":7}'])("is the beginning for %s", (cursor) => {
    expect(changesFrom(cursor, now)).toEqual({ startedAt: "2026-01-31T18:00:00.000Z" });
  });
});
