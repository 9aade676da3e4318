import { describe, expect, it } from "vitest";
import { temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { storeParked } from "#infra/store/parked.ts";
import { parkedList } from "../contract/parked-list.ts";
import { leave, range } from "../delivery/story.ts";
import { employee, openRosterWorld, type RosterWorld, type RosterWorldOptions } from "./roster-world.ts";

/** A night in which something of everything happens. */
async function night(options: RosterWorldOptions = {}): Promise<RosterWorld> {
  const world = await openRosterWorld(options);
  world.company.pageSize = 10;
  for (const id of range(25)) world.company.people.set(id, employee(id));
  await world.roster();
  world.clock.pass(43_200);
  await world.tell("left", "20", [leave("20")]);
  world.clock.pass(43_200);
  const { people } = world.company;
  for (const id of range(3, 25)) people.set(id, employee(id));
  for (const id of range(3)) people.set(id, employee(id, { city: "杭州" }));
  people.delete("5");
  people.set("6", { ...employee("6"), hasLeft: true });
  people.set("7", { ...employee("7", { city: "上海" }), isHidden: true });
  world.pool.script([
    { on: "create-users-batch", fault: { kind: "reset-after-applying" } },
    { on: "update-user", fault: { kind: "http-502", applied: true } },
  ]);
  return world;
}

async function check(world: RosterWorld): Promise<void> {
  const statuses = world.statuses();
  expect(Object.keys(statuses)).toHaveLength(28);
  const closed = Object.keys(statuses).filter((id) => statuses[id] !== "Activated");
  expect(closed.toSorted()).toEqual(["5", "6"]);
  const cities = Object.fromEntries(world.pool.users().map(({ externalId, city }) => [externalId, city]));
  expect(cities).toMatchObject({ "0": "杭州", "1": "杭州", "2": "杭州", "7": "上海" });
  expect(await parkedList(world.parked, "held", 10)).toEqual([]);
  expect(world.objects.keys("rosters/").filter((key) => !/\/(state|last)\.json$/.test(key))).toEqual([]);
}

const found = {
  state: "finished",
  joiners: 3,
  movers: 3,
  back: 1,
  unchanged: 18,
  departures: { listed: 1, absent: 2, proven: 1, stillThere: 1, differing: 1 },
};

/** How many steps the night has, when nobody dies. */
async function stepsOf(options: RosterWorldOptions = {}): Promise<number> {
  const world = await night(options);
  const run = await world.begin();
  const before = world.lives.steps;
  await world.work();
  const steps = world.lives.steps - before;
  expect(await world.report(run)).toMatchObject(found);
  await check(world);
  return steps;
}

describe("a run whose process ends", () => {
  it("at any step ends as if it had not", async () => {
    const steps = await stepsOf();
    expect(steps).toBeGreaterThan(200);
    for (let step = 1; step <= steps; step += 1) {
      const world = await night();
      const run = await world.begin();
      world.lives.endAt(step);
      await world.work();
      expect(world.lives.deaths, `step ${step}`).toBeLessThanOrEqual(1);
      expect(await world.report(run), `step ${step}`).toMatchObject(found);
      await check(world);
    }
  }, 240_000);

  it("again and again, with little time for each, over SQLite", async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const database = temporaryDatabase();
      const world = await night({
        makeLedger: (now) => storeLedger(database, now),
        makeParked: () => storeParked(database),
        invocationMilliseconds: 40,
      });
      const run = await world.begin();
      let at = 0;
      for (let death = 0; death < 12; death += 1)
        world.lives.endAt((at += 11 + ((seed * 7 + death * 13) % 41)));
      await world.work();
      expect(world.lives.deaths).toBeGreaterThan(3);
      expect(await world.report(run)).toMatchObject(found);
      await check(world);
    }
  }, 120_000);

  it("and whose next one is another run that found it at work, is not disturbed", async () => {
    const world = await night({ invocationMilliseconds: 40 });
    const runs = [await world.begin(), await world.begin()];
    await world.work();
    const reports = await Promise.all(runs.map((run) => world.report(run)));
    expect(reports.map(({ state }) => state).toSorted()).toEqual(["finished", "refused"]);
    await check(world);
  });
});
