import { describe, expect, it } from "vitest";
import type { EventKey, EventRecord } from "#lib/contract/ledger.ts";
import type { RecentEvent, RecentList, RecentQuery } from "#lib/contract/recent.ts";
import { recent } from "#lib/operations/recent.ts";
import { sourceStates } from "#lib/operations/sources.ts";
import { recordAt } from "../contract/ledger-records.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const at = (minutesAgo: number) => new Date(now - minutesAgo * 60_000).toISOString();
const eventOf = (id: string, more: Partial<RecentEvent> = {}): RecentEvent => ({
  at: at(1),
  source: "okta",
  id,
  outcome: "accepted",
  ...more,
});

/** The report of a place that holds this, what the place was asked for, and of which events the ledger was asked. */
async function reportOf(
  list: Partial<RecentList>,
  request: { source?: string; since?: string; limit?: number } = {},
  records: readonly EventRecord[] = [],
) {
  const queries: RecentQuery[] = [];
  const asked: string[] = [];
  const ports = {
    sources: ["okta"],
    recent: {
      async list(query: RecentQuery) {
        queries.push(query);
        return { events: [], deliveries: [], isComplete: true, ...list };
      },
    },
    ledger: {
      async event({ source, id }: EventKey) {
        asked.push(id);
        return records.find((each) => each.source === source && each.id === id);
      },
    },
    clock: { now: () => now },
  };
  const report = await recent({ operation: "recent", limit: 200, ...request }, ports, {
    deadline: now + 900_000,
  });
  return { report, asked, query: queries[0] };
}

describe("what became of events of late", () => {
  it("is asked for an hour of every source, for 20 s at the longest, unless more is said", async () => {
    expect((await reportOf({})).query).toEqual({
      since: now - 3_600_000,
      limit: 200,
      deadline: now + 20_000,
    });
    const narrow = { source: "okta", since: at(10), limit: 5 };
    const { report, query } = await reportOf({}, narrow);
    expect(query).toMatchObject({ source: "okta", since: now - 600_000, limit: 5 });
    expect(report.since).toBe(at(10));
  });

  it("names type and person from the ledger where the log has only the event's id", async () => {
    const events = [
      eventOf("e-1"),
      eventOf("e-2", { type: "user.created", subject: "1" }),
      eventOf("e-3", { outcome: "waiting" }),
      eventOf("e-4", { outcome: "retried" }),
      eventOf("e-5"),
    ];
    const record = recordAt(now, { source: "okta", id: "e-1" });
    const { report, asked } = await reportOf({ events }, {}, [record]);
    const { type, subject } = record;
    expect(report.events).toEqual([{ ...events[0], type, subject, externalId: "10010" }, ...events.slice(1)]);
    expect(asked).toEqual(["e-1", "e-5"]);
  });

  it("asks the ledger of the newest two hundred only", async () => {
    const events = Array.from({ length: 1000 }, (_, index) => eventOf(`e-${index}`));
    const { report, asked } = await reportOf({ events }, { limit: 1000 });
    expect(report).toMatchObject({ events: { length: 1000 }, isComplete: true });
    expect([asked.length, asked[0], asked.at(-1)]).toEqual([200, "e-800", "e-999"]);
  });

  it("fits into an answer of Lambda, whatever ids senders have", async () => {
    const events = Array.from({ length: 1000 }, (_, index) => eventOf(`${index}-${"号".repeat(20_000)}`));
    const { report } = await reportOf({ events }, { limit: 1000 });
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(5_000_000);
    expect(report.events.at(-1)?.id).toMatch(/^999-/);
    expect(report).toMatchObject({ isComplete: false, events: { length: 66 } });
  });

  it("says which sources there are where one was asked for that is not", async () => {
    expect((await reportOf({}, { source: "otka" })).report).toMatchObject({ otherSources: ["okta"] });
    for (const source of ["okta", "uploads"])
      expect((await reportOf({}, { source })).report).not.toHaveProperty("otherSources");
  });
});

describe("the sources", () => {
  it("say since when they are paused, when they were heard and when they were compared", async () => {
    const ports = {
      switchedOn: new Map([
        ["okta", { title: "Okta" }],
        ["bamboohr", { title: "BambooHR" }],
      ]),
      ledger: { pausedSince: async (name: string) => (name === "okta" ? at(60) : undefined) },
      heard: { heard: async () => new Map([["bamboohr", { lastAt: at(2), deliveries24h: 7 }]]) },
      clock: { now: () => now },
    };
    expect(await sourceStates(ports, [{ source: "bamboohr", at: at(500) }])).toEqual({
      sources: [
        { name: "okta", title: "Okta", pausedSince: at(60), deliveries24h: 0 },
        { name: "bamboohr", title: "BambooHR", lastHeardAt: at(2), deliveries24h: 7, rosterLastAt: at(500) },
      ],
    });
  });
});
