import { expect, it } from "vitest";
import type { RecentEvent } from "#lib/contract/recent.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import type { Backend } from "#infra/console/console.ts";
import { newsOf } from "#infra/console/news.ts";

const event = (id: string, second: number, outcome: RecentEvent["outcome"] = "accepted"): RecentEvent => ({
  at: `2026-03-01T12:00:${String(second).padStart(2, "0")}.000Z`,
  source: "okta",
  id,
  outcome,
});

/** News of a place that answers with these lists, one after the other. */
function open(answers: readonly (readonly RecentEvent[])[], more: Partial<Backend> = {}) {
  const asked: OperationRequest[] = [];
  const rest = [...answers];
  const next = newsOf({
    place: {} as Backend["place"],
    news: { everyMilliseconds: 1, overlapMilliseconds: 0 },
    operate: async (request) => {
      asked.push(request);
      return { events: rest.shift() ?? [], isComplete: true };
    },
    ...more,
  });
  return { next, asked };
}
const idsOf = ({ events }: { events: readonly RecentEvent[] }) =>
  events.map(({ id, outcome }) => `${id} ${outcome}`);

it("tells each event once, though the place gives the last one again", async () => {
  const { next, asked } = open([
    [event("a", 1), event("b", 2)],
    [event("b", 2), event("c", 2)],
    [event("c", 2)],
  ]);
  expect(idsOf(await next())).toEqual(["a accepted", "b accepted"]);
  expect(idsOf(await next())).toEqual(["c accepted"]);
  expect(idsOf(await next())).toEqual([]);
  expect(asked.slice(1)).toEqual([
    { operation: "recent", limit: 1000, since: event("b", 2).at },
    { operation: "recent", limit: 1000, since: event("c", 2).at },
  ]);
});

it("tells an event again when something else has become of it", async () => {
  const { next } = open([
    [event("a", 1, "retried")],
    [event("a", 1, "retried")],
    [event("a", 1, "dead")],
    [event("a", 3)],
  ]);
  expect(idsOf(await next())).toEqual(["a retried"]);
  expect(idsOf(await next())).toEqual([]);
  expect(idsOf(await next())).toEqual(["a dead"]);
  expect(idsOf(await next())).toEqual(["a accepted"]);
});

it("asks a log that is late from further back, and tells what comes late", async () => {
  const { next, asked } = open([[event("a", 30)], [event("late", 5), event("a", 30)], [event("a", 30)]], {
    news: { everyMilliseconds: 1, overlapMilliseconds: 29_000 },
  });
  await next();
  expect(idsOf(await next())).toEqual(["late accepted"]);
  expect(idsOf(await next())).toEqual([]);
  expect(asked[1]).toMatchObject({ since: event("", 1).at });
});

it("says from when on the events are whole", async () => {
  const answers = [
    { events: [event("a", 1)], isComplete: true },
    { events: [event("b", 5), event("c", 6)], isComplete: false },
  ];
  const { next } = open([], { operate: async () => answers.shift() });
  expect(await next()).not.toHaveProperty("missingBefore");
  expect(await next()).toMatchObject({ missingBefore: event("", 5).at });
});

it("goes on after a failure, and tells nothing twice", async () => {
  let fails = false;
  const { next } = open([], {
    operate: async () => {
      if (fails) throw new Error("no answer");
      return { events: [event("a", 1)], isComplete: true };
    },
  });
  expect(idsOf(await next())).toEqual(["a accepted"]);
  fails = true;
  await expect(next()).rejects.toThrow("no answer");
  fails = false;
  expect(idsOf(await next())).toEqual([]);
});

it("tells deliveries behind the last number", async () => {
  const asked: number[] = [];
  const delivery = (number: number) => ({
    id: `d${number}`,
    number,
    at: "",
    source: "okta",
    bytes: 1,
    events: [],
  });
  const { next } = open([], {
    deliveriesAfter: (number) => (asked.push(number), number === 0 ? [delivery(3), delivery(7)] : []),
  });
  expect((await next()).deliveries).toHaveLength(2);
  expect((await next()).deliveries).toHaveLength(0);
  expect(asked).toEqual([0, 7]);
});
