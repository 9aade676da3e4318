import { expect } from "vitest";
import { parkedList } from "../contract/parked-list.ts";
import { leave, range } from "../delivery/story.ts";
import { employee, openRosterWorld, type RosterWorld, type RosterWorldOptions } from "./roster-world.ts";

/** A night in which something of everything happens. */
export async function night(options: RosterWorldOptions = {}): Promise<RosterWorld> {
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

/** What the report of the night says, however often the run is cut off. */
export const foundAtNight = {
  state: "finished",
  joiners: 3,
  movers: 3,
  back: 1,
  unchanged: 18,
  departures: { listed: 1, absent: 2, proven: 1, stillThere: 1, differing: 1 },
};

/** Checks that everything is as it has to be after the night. */
export async function checkNight(world: RosterWorld): Promise<void> {
  const statuses = world.statuses();
  expect(Object.keys(statuses)).toHaveLength(28);
  const closed = Object.keys(statuses).filter((id) => statuses[id] !== "Activated");
  expect(closed.toSorted()).toEqual(["5", "6"]);
  const cities = Object.fromEntries(world.pool.users().map(({ externalId, city }) => [externalId, city]));
  expect(cities).toMatchObject({ "0": "杭州", "1": "杭州", "2": "杭州", "7": "上海" });
  expect(await parkedList(world.parked, "held", 10)).toEqual([]);
  expect(world.objects.keys("rosters/").filter((key) => !/\/(state|last)\.json$/.test(key))).toEqual([]);
}

/** The night, checked, with little time for each invocation and processes that end at some step; the steps differ by the seed. */
export async function interruptedNight(options: RosterWorldOptions, seed: number): Promise<RosterWorld> {
  const world = await night({ ...options, invocationMilliseconds: 40 });
  const run = await world.begin();
  let at = 0;
  for (let death = 0; death < 12; death += 1) world.lives.endAt((at += 11 + ((seed * 7 + death * 13) % 41)));
  await world.work();
  expect(await world.report(run)).toMatchObject(foundAtNight);
  await checkNight(world);
  return world;
}
