import { expect } from "vitest";
import { troubles } from "./plots.ts";
import { create, range, joiners, callsOf, outcomesOf, placed, type Story } from "./story.ts";
import { accessKey, day, told } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// Authing in trouble, keys that change, records that are refused.

function keyRotated(): Story {
  const next = { accessKeyId: accessKey.accessKeyId, accessKeySecret: "the-next-invented-secret" };
  const before = joiners(range(3));
  const after = joiners(range(3, 10));
  return {
    name: "Authing's key is rotated in the middle",
    // A pool without the network takes every key.
    options: { direct: false },
    async play(world) {
      await world.deliver(before);
      world.clock.pass(60);
      world.sandbox?.setAccessKeys([next]);
      world.secrets.authing = { current: next, previous: accessKey };
      await world.deliver(after);
    },
    async check(world, whole) {
      if (whole) expect(world.sandbox?.requests.filter(({ apiCode }) => apiCode === 1300)).toHaveLength(1);
      for (const outcome of await outcomesOf(world, [...before, ...after]))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      world.sandbox?.setAccessKeys([accessKey]);
    },
    events: [...before, ...after],
  };
}

function trouble(size: number, direct = false): Story {
  const events = joiners(range(8 * size));
  const on = "create-users-batch";
  return {
    name: `eight batches of ${size} while Authing is in trouble`,
    options: { batchSize: size, direct },
    async play(world) {
      world.pool.script(troubles.map((fault) => ({ on, fault })));
      await world.deliver(events);
    },
    async check(world, whole) {
      expect(Object.keys(world.statuses()).toSorted()).toEqual(range(8 * size).toSorted());
      for (const outcome of await outcomesOf(world, events))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      const requests = world.sandbox?.requests ?? [];
      expect(new Set(requests.map(({ nonce }) => nonce)).size).toBe(requests.length);
      for (const { at, date } of requests)
        expect(Math.abs(Date.parse(at) - Date.parse(date ?? ""))).toBeLessThan(1001);
      if (!whole) return;
      const creates = callsOf(world, on).map(({ fault = "none" }) => fault);
      // What was applied and not answered is looked up, and not sent again.
      expect(creates.slice(-5)).toEqual([
        "hang-after-applying",
        "reset-after-applying",
        "http-502",
        "none",
        "none",
      ]);
      expect(creates).toHaveLength(13);
      expect(world.clock.now() - day).toBeLessThan(60_000);
    },
    events,
  };
}

function poison(size: number, batchMode: "all-or-nothing" | "partial", poisons: readonly number[]): Story {
  const events = range(size).map((id, index) =>
    told("hr", `hired-${id}`, id, 0, [
      create(id, poisons.includes(index) ? { email: `owner-${index}@example.com` } : {}),
    ]),
  );
  let before = 0;
  return {
    name: `${poisons.length} of ${size} with another person's e-mail, where Authing applies ${batchMode}`,
    options: { batchSize: size, batchMode },
    async prepare(world) {
      await world.deliver(
        poisons.map((index) =>
          told("idp", `o-${index}`, `o-${index}`, 0, [
            create(`owner-${index}`, { email: `owner-${index}@example.com` }),
          ]),
        ),
      );
      before = world.pool.requests.length;
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world, whole) {
      const outcomes = await outcomesOf(world, events);
      for (const [index, outcome] of outcomes.entries()) {
        expect(outcome).toMatchObject(
          poisons.includes(index)
            ? { kind: "rejected", reason: "conflict", field: "email" }
            : { kind: placed(whole) },
        );
      }
      expect(world.pool.users()).toHaveLength(size);
      if (whole) expect(world.pool.requests.length - before - 1).toBeLessThanOrEqual(12);
      expect(await parkedList(world.parked, "dead", 10)).toEqual([]);
    },
    events,
  };
}

function customFieldUnknown(): Story {
  const events = range(4).map((id) =>
    told("hr", `hired-${id}`, id, 0, [create(id, { customData: { badge: id } })]),
  );
  const customFields: string[] = [];
  return {
    name: "joiners with a custom field that the pool does not have yet",
    options: { customFields },
    async prepare() {
      customFields.length = 0;
    },
    async play(world) {
      await world.invoke(events);
      if (world.lives.deaths === 0) {
        expect(await outcomesOf(world, events)).toEqual(events.map(() => undefined));
        for (const { event } of events)
          expect(world.log).toContain(
            `warn event retried {"source":"hr","event":"${event.id}","code":"misconfigured","reason":"custom-field-unknown","path":"customData.badge"}`,
          );
      }
      customFields.push("badge");
      await world.restart();
      world.clock.pass(180);
      await world.deliver(events);
    },
    async check(world, whole) {
      for (const outcome of await outcomesOf(world, events))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      expect(Object.keys(world.statuses())).toHaveLength(4);
    },
    events,
  };
}

function customFieldsTooLong(): Story {
  const events = range(5).map((id, index) =>
    told("hr", `hired-${id}`, id, 0, [
      create(id, { customData: { badge: index < 3 ? "长".repeat(1025) : id } }),
    ]),
  );
  return {
    name: "three of five whose custom field is refused for its value",
    options: { customFields: ["badge"] },
    async play(world) {
      await world.deliver(events);
    },
    async check(world, whole) {
      expect(await outcomesOf(world, events)).toMatchObject([
        ...range(3).map(() => ({ kind: "rejected", reason: "bad-custom-field" })),
        ...range(2).map(() => ({ kind: placed(whole) })),
      ]);
    },
    events,
  };
}

/** As they are told; where the ledger is slow, with fewer people. */
export const storiesOfTrouble = (isSlow: boolean): readonly Story[] => [
  keyRotated(),
  trouble(isSlow ? 10 : 50),
  ...(["all-or-nothing", "partial"] as const).flatMap((mode) => [
    poison(50, mode, [17]),
    poison(50, mode, [17, 42]),
  ]),
];

/** Small enough to be killed at every step. */
export const smallStoriesOfTrouble: readonly Story[] = [
  keyRotated(),
  trouble(2, true),
  ...(["all-or-nothing", "partial"] as const).flatMap((mode) => [
    poison(4, mode, [1]),
    poison(5, mode, [1, 3]),
  ]),
  customFieldUnknown(),
  customFieldsTooLong(),
];
