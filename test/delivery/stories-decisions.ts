import { expect } from "vitest";
import type { Asked } from "#infra/prove/asked.ts";
import { create, update, range, joiners, leavers, countOf, outcomesOf, type Story } from "./story.ts";
import { day, personOf, told } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// What waits for an operator: dead letters, and departures of many.

function redriven(count: number, newerOnes: number): Story {
  const broken = range(count).map((id, index) =>
    told("hr", `hired-${id}`, id, 0, [create(id)], index === 1 ? { trulyBroken: true } : { broken: true }),
  );
  const newer = range(newerOnes, 2).map((id) =>
    told("hr", `updated-${id}`, id, 5, [update(id, personOf(id, { city: "杭州" }), true)]),
  );
  const after = {
    accepted: count - newerOnes - 1,
    superseded: newerOnes,
    "dead name-missing": 1,
  };
  return {
    name: `${count} dead letters of a mapping bug, ${newerOnes} of them overtaken`,
    async prepare(world) {
      await world.deliver(broken);
      expect(await parkedList(world.parked, "dead", 100)).toHaveLength(count);
      world.mend();
      await world.deliver(newer);
    },
    async play(world) {
      const requests = world.pool.requests.length;
      const previewed = await world.operate({ operation: "redrive", kind: "dead", mode: "preview" });
      if (world.lives.deaths === 0) expect(countOf(previewed)).toEqual(after);
      const looked = world.pool.requests.slice(requests).map(({ operation }) => operation);
      expect(looked.filter((operation) => !operation.startsWith("get-"))).toEqual([]);
      const results = await world.operate({ operation: "redrive", kind: "dead" });
      if (world.lives.deaths === 0) expect(countOf(results)).toEqual(after);
    },
    async check(world) {
      expect(Object.keys(world.statuses())).toHaveLength(count - 1);
      const requests = world.pool.requests.length;
      for (let again = 0; again < 2; again += 1) {
        const results = await world.operate({ operation: "redrive", kind: "dead" });
        expect(results).toMatchObject([{ id: "hired-1", result: "dead name-missing" }]);
      }
      expect(world.pool.requests).toHaveLength(requests);
      const outcomes = await outcomesOf(world, broken);
      expect(outcomes.filter((outcome) => outcome?.kind === "superseded")).toHaveLength(newerOnes);
      expect(await parkedList(world.parked, "dead", 100)).toHaveLength(1);
    },
    events: [...broken, ...newer],
  };
}

function unreadable(): Story {
  const events = joiners(["1", "2", "3"]);
  const payload = Buffer.from(JSON.stringify(events.map(({ event }) => event))).toString("base64");
  const delivery = { method: "POST", rawQuery: "", headers: {}, payload };
  const reception = { receivedAt: new Date(day).toISOString(), proof: "hmac-sha256" };
  return {
    name: "a delivery that only today's code can read, while Authing's key is refused for a moment",
    async prepare(world) {
      await world.deliver([
        { kind: "unreadable", source: "hr", id: "hash", reason: "split-failed", delivery, reception },
      ]);
      expect(await parkedList(world.parked, "dead", 10)).toHaveLength(1);
    },
    async play(world) {
      // The second event's, and again with the key that was read anew.
      world.pool.script(
        (["none", "unauthorized", "unauthorized"] as const).map((kind) => ({
          on: "create-users-batch",
          fault: { kind },
        })),
      );
      await world.operate({ operation: "redrive", kind: "dead" });
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Activated", 2: "Activated", 3: "Activated" });
      expect(await parkedList(world.parked, "dead", 10)).toEqual([]);
    },
    events,
  };
}

function massDeparture(
  verb: "release" | "discard",
  people: number,
  leaving: number,
  status: "Resigned" | "Suspended" = "Resigned",
): Story {
  const departmentIds = ["d-1"];
  const gone =
    status === "Resigned"
      ? leavers(range(leaving))
      : range(leaving).map((id) => told("hr", `left-${id}`, id, 30, [update(id, { status })]));
  const joined = joiners(["new"], "hr", 40);
  const taken = Math.max(10, Math.floor(people * 0.05));
  const request: Asked = verb === "release" ? { operation: verb } : { operation: verb, kind: "held" };
  return {
    name: `${leaving} of ${people} are ${status} at once, and a person decides to ${verb} those who are held`,
    async prepare(world) {
      await world.deliver(
        range(people).map((id) => told("hr", `hired-${id}`, id, 0, [create(id, { departmentIds })])),
      );
    },
    async play(world) {
      await world.deliver([...gone, ...joined]);
      const left = Object.values(world.statuses()).filter((each) => each === status).length;
      // Who was counted and comes again after a death is held as well: rather one too many.
      if (world.lives.deaths === 0) expect(left).toBe(taken);
      expect(left).toBeLessThanOrEqual(taken);
      expect(await parkedList(world.parked, "held", 1000)).toHaveLength(leaving - left);
      const alarms = world.log.filter((line) => line.startsWith("error departures held"));
      expect(alarms).not.toEqual([]);
      for (const alarm of alarms) expect(alarm).toContain('"departments":"d-1"');
      await world.operate(request);
    },
    async check(world) {
      const statuses = world.statuses();
      expect(statuses["new"]).toBe("Activated");
      const left = Object.values(statuses).filter((each) => each === status).length;
      if (verb === "release") expect(left).toBe(leaving);
      else expect(left).toBeLessThanOrEqual(taken);
      expect(await parkedList(world.parked, "held", 1000)).toEqual([]);
      expect(await world.operate(request)).toEqual([]);
    },
    events: [...gone, ...joined],
  };
}

function suspendedTwice(): Story {
  const locked = range(6).flatMap((id) => [
    told("hr", `locked-${id}`, id, 30, [update(id, { status: "Suspended" })]),
    told("hr", `moved-${id}`, id, 31, [update(id, { city: "杭州" })]),
    told("hr", `locked-again-${id}`, id, 32, [update(id, { status: "Suspended", city: "上海" })]),
  ]);
  return {
    name: "six who are suspended and told so again have left once",
    options: { direct: true },
    async prepare(world) {
      await world.deliver(joiners(range(6)));
    },
    async play(world) {
      await world.deliver(locked);
    },
    async check(world) {
      expect(await parkedList(world.parked, "held", 100)).toEqual([]);
      for (const user of world.pool.users()) expect(user.status).toBe("Suspended");
    },
    events: locked,
  };
}

function normalDay(): Story {
  const gone = leavers(range(18));
  return {
    name: "18 of 400 leave on a normal day",
    async prepare(world) {
      await world.deliver(joiners(range(400)));
    },
    async play(world) {
      await world.deliver(gone);
    },
    async check(world) {
      expect(Object.values(world.statuses()).filter((status) => status === "Resigned")).toHaveLength(18);
      expect(await parkedList(world.parked, "held", 100)).toEqual([]);
    },
    options: { batchSize: 50 },
    events: gone,
  };
}

/** As they are told; where the ledger is slow, without the longest. */
export const storiesOfDecisions = (isSlow: boolean): readonly Story[] => [
  redriven(30, 5),
  massDeparture("release", 40, 15),
  massDeparture("discard", 40, 15),
  ...(isSlow ? [] : [normalDay()]),
];

/** Small enough to be killed at every step. */
export const smallStoriesOfDecisions: readonly Story[] = [
  redriven(5, 2),
  unreadable(),
  massDeparture("release", 12, 12),
  massDeparture("discard", 12, 12),
  massDeparture("release", 11, 11, "Suspended"),
  suspendedTwice(),
];
