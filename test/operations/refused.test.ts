import { expect, it } from "vitest";
import { refused } from "#lib/operations/refused.ts";
import type { RefusalQuery, ToldRefusal } from "#lib/contract/refusals.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const at = (minutesAgo: number) => new Date(now - minutesAgo * 60_000).toISOString();
const told = (minutesAgo: number, more: Partial<ToldRefusal> = {}): ToldRefusal => ({
  status: 401,
  reason: "proof-missing",
  source: "okta",
  method: "POST",
  headers: "host",
  bodyBytes: 1,
  at: at(minutesAgo),
  ...more,
});

/** The report of a log that holds these, and what the log was asked for. */
async function reportOf(refusals: ToldRefusal[], request: { source?: string; since?: string } = {}) {
  const asked: RefusalQuery[] = [];
  const log = {
    async list(query: RefusalQuery) {
      asked.push(query);
      return { refusals, isComplete: true };
    },
  };
  const ports = { refusals: log, sources: ["okta"], clock: { now: () => now } };
  const report = await refused({ operation: "refused", ...request }, ports, { deadline: now + 900_000 });
  return { report, asked: asked[0] };
}

it("sums by source and reason, those that were only counted too, the largest first", async () => {
  const { report } = await reportOf([
    told(1, { source: "clerk" }),
    told(2, { untold: 980 }),
    told(3, { reason: "proof-mismatch" }),
    told(4),
    told(5, { source: "clerk" }),
  ]);
  expect(report.totals).toEqual([
    { source: "okta", reason: "proof-missing", count: 982, firstAt: at(4), lastAt: at(2) },
    { source: "clerk", reason: "proof-missing", count: 2, firstAt: at(5), lastAt: at(1) },
    { source: "okta", reason: "proof-mismatch", count: 1, firstAt: at(3), lastAt: at(3) },
  ]);
});

it("asks for a day of every source, for a minute at the longest, unless more is said", async () => {
  const day = 24 * 3_600_000;
  expect((await reportOf([])).asked).toEqual({ since: now - day, limit: 5000, deadline: now + 60_000 });
  expect((await reportOf([], { source: "okta", since: at(10) })).asked).toMatchObject({
    since: now - 600_000,
    source: "okta",
  });
});

it("tells of two hundred one by one, which fit into an answer of Lambda", async () => {
  const { report } = await reportOf(Array.from({ length: 5000 }, (_, index) => told(index)));
  expect(report.refusals).toHaveLength(200);
  expect(report.totals).toMatchObject([{ count: 5000 }]);
});
