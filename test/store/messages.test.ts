import { beforeEach, describe, expect, it } from "vitest";
import { temporaryDatabase } from "#infra/store/database.ts";
import { giveBackTaken, reviveDead, storeMessages, type Messages } from "#infra/store/messages.ts";
import type { Database } from "#infra/store/sqlite.ts";

// The messages of a queue, in virtual time: who gets which message, and when.

let now = 0;
let database: Database;
let fifo: Messages;
beforeEach(() => {
  now = Date.UTC(2026, 2, 1);
  database = temporaryDatabase();
  fifo = open();
});
const open = (changed: { isFifo?: boolean; maxReceives?: number; name?: string } = {}) =>
  storeMessages(database, { name: "events", isFifo: true, maxReceives: 3, ...changed }, () => now);
const add = (queue: Messages, ...texts: readonly string[]) =>
  queue.add(texts.map((body) => ({ group: body.slice(0, 1), body })));
const take = (queue: Messages, most = 10) => queue.take(most, now).taken;
const bodies = (taken: ReturnType<typeof take>) => taken.map(({ body }) => JSON.parse(body) as string);
/** A message that is handed back, and is visible so many milliseconds later. */
const again = (message: ReturnType<typeof take>[number] | undefined, milliseconds: number) => ({
  ...(message as ReturnType<typeof take>[number]),
  visibleAt: now + milliseconds,
});
const idsOf = (taken: ReturnType<typeof take>) => taken.map(({ id }) => id);

describe("a FIFO queue", () => {
  it("hands out a batch in order, and nothing of a group that is in work", () => {
    add(fifo, "a1", "b1", "a2", "a3");
    const first = take(fifo, 2);
    expect(bodies(first)).toEqual(["a1", "b1"]);
    add(fifo, "c1", "b2");
    expect(bodies(take(fifo))).toEqual(["c1"]);
    fifo.finish(idsOf(first), []);
    expect(bodies(take(fifo))).toEqual(["a2", "a3", "b2"]);
  });

  it("hands out nothing of a group whose first message waits, and its messages in order afterwards", () => {
    add(fifo, "a1", "a2", "b1");
    const [a1, a2, b1] = take(fifo);
    // The second one was handed back for a shorter time than the first one.
    fifo.finish([b1?.id ?? 0], [again(a1, 5000), again(a2, 1000)]);
    add(fifo, "a3", "b2");
    expect(bodies(take(fifo))).toEqual(["b2"]);
    now += 4999;
    expect(take(fifo)).toEqual([]);
    expect(fifo.nextVisibleAt(now)).toBe(now + 1);
    now += 1;
    expect(bodies(take(fifo))).toEqual(["a1", "a2", "a3"]);
  });

  it("counts receives, and takes a message out that was received too often; those behind it go on", () => {
    add(fifo, "a1", "a2");
    for (const receives of [1, 2, 3]) {
      const taken = take(fifo, 1);
      expect(taken).toMatchObject([{ body: '"a1"', receives }]);
      fifo.finish([], [again(taken[0], 0)]);
    }
    expect(fifo.take(1, now)).toEqual({ taken: [], dead: 1 });
    expect(fifo.dead).toBe(1);
    expect(bodies(take(fifo))).toEqual(["a2"]);
    expect(fifo.length).toBe(1);
    expect(reviveDead(database, now)).toBe(1);
    expect(fifo.dead).toBe(0);
  });

  it("hands out again what a process that ended had in work, with its count, and nothing of its group before", () => {
    add(fifo, "a1", "b1", "a2");
    take(fifo, 1);
    giveBackTaken(database, now + 10_000);
    const next = open();
    add(next, "a3");
    expect(bodies(take(next))).toEqual(["b1"]);
    now += 10_000;
    expect(take(next, 2)).toMatchObject([
      { body: '"a1"', receives: 2 },
      { body: '"a2"', receives: 1 },
    ]);
  });

  it("keeps every message of a call or none", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() =>
      fifo.add([
        { group: "a", body: "a1" },
        { group: "a", body: circle },
      ]),
    ).toThrow(TypeError);
    expect(fifo.length).toBe(0);
  });
});

describe("a standard queue", () => {
  it("hands out messages of one group side by side", () => {
    const queue = open({ isFifo: false });
    add(queue, "a1", "a2");
    expect(bodies(take(queue, 1))).toEqual(["a1"]);
    expect(bodies(take(queue, 1))).toEqual(["a2"]);
  });

  it("has only its own messages", () => {
    const other = open({ name: "other" });
    add(fifo, "a1");
    expect(take(other)).toEqual([]);
    expect(other.length).toBe(0);
  });
});

it("10,000 messages behind one that waits cost nothing to pass over", () => {
  add(fifo, "a0", ...Array.from({ length: 10_000 }, (_, index) => `a${index}`), "b1");
  const [first] = take(fifo, 1);
  fifo.finish([], [again(first, 60_000)]);
  expect(bodies(take(fifo))).toEqual(["b1"]);
});
