import { describe, expect, it } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { apply } from "#lib/pipeline/apply.ts";
import { openOwnWorld } from "../delivery/own-world.ts";
import { mover } from "../delivery/story.ts";
import { personOf, told, type World } from "../delivery/world.ts";
import { parkedList } from "../contract/parked-list.ts";

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const leave: Change = { kind: "leave", who: {} };
const suspend = (city: string) => mover({ status: "Suspended", city });

const joiner = (id: string, over: object = {}) =>
  told("hr", `hired-${id}`, id, 0, [{ kind: "create", person: personOf(id, over), trail: {} }]);

async function company(people: number): Promise<World> {
  const world = await openOwnWorld();
  await world.deliver(ids(people).map((id) => joiner(id)));
  return world;
}
const held = async (world: World) => (await parkedList(world.parked, "held", 1000)).length;
const leavers = (count: number, from = 0) =>
  ids(count).map((index) =>
    told("hr", `left-${Number(index) + from}`, String(Number(index) + from), 10, [leave]),
  );

describe("departures within an hour", () => {
  it("are taken up to ten", async () => {
    const world = await company(15);
    await world.deliver(leavers(10));
    expect(await held(world)).toBe(0);
    await world.deliver(leavers(1, 10));
    expect(await held(world)).toBe(1);
  });

  it("are taken up to five in a hundred of the source's people", async () => {
    const world = await company(240);
    await world.deliver(leavers(12));
    expect(await held(world)).toBe(0);
    await world.deliver(leavers(1, 12));
    expect(await held(world)).toBe(1);
  });

  it("are counted anew in the next hour", async () => {
    const world = await company(25);
    await world.deliver(leavers(10));
    world.clock.pass(3601);
    await world.deliver(leavers(10, 10));
    expect(await held(world)).toBe(0);
  });

  it("are counted for each source", async () => {
    const world = await company(15);
    await world.deliver(
      ids(5).map((id) =>
        told("idp", `joined-${id}`, id, 0, [{ kind: "create", person: personOf(`u-${id}`), trail: {} }]),
      ),
    );
    await world.deliver([...leavers(8), ...ids(5).map((id) => told("idp", `left-${id}`, id, 1, [leave]))]);
    expect(await held(world)).toBe(0);
  });

  it("are not those of people that no source has brought", async () => {
    const world = await openOwnWorld();
    await world.deliver(leavers(30));
    expect(await held(world)).toBe(0);
    expect(world.pool.users()).toEqual([]);
  });

  it("are suspensions as well, but not those that are said again", async () => {
    const world = await company(15);
    const suspended = (round: number) =>
      ids(6).map((id) => told("hr", `suspended-${round}-${id}`, id, round, [suspend(String(round))]));
    await world.deliver(suspended(1));
    await world.deliver(suspended(2));
    await world.deliver(suspended(3));
    expect(await held(world)).toBe(0);
    await world.deliver(leavers(5, 7));
    expect(await held(world)).toBe(1);
  });

  it("are not joiners whose accounts are closed from the beginning", async () => {
    const world = await openOwnWorld({ people: "shared" });
    await world.deliver(ids(15).map((id) => joiner(id, { status: "Suspended" })));
    expect(await held(world)).toBe(0);
    expect(Object.values(world.statuses())).toEqual(ids(15).map(() => "Suspended"));
  });

  it("are also those of events that tell more", async () => {
    const world = await company(15);
    await world.deliver(
      ids(12).map((id) => told("hr", `moved-${id}`, id, 10, [mover({ city: "杭州" }), leave])),
    );
    expect(await held(world)).toBe(2);
  });

  it("are not counted where a roster has decided about all of them", async () => {
    const world = await company(30);
    const decided = (departures: "taken" | "held", messages: ReturnType<typeof leavers>) =>
      apply(messages, world.ports, { ...world.newRun(), departures });
    await decided("taken", leavers(12));
    expect(await held(world)).toBe(0);
    await decided("held", [...leavers(1, 12), told("hr", "moved", "13", 10, [mover({ city: "杭州" })])]);
    expect(await held(world)).toBe(1);
    expect(world.pool.users().at(13)).toMatchObject({ city: "杭州", status: "Activated" });
  });

  it("that are held are told with the departments of their people, so that an operator sees what they have in common", async () => {
    const world = await openOwnWorld();
    const departmentsOf = (index: number) => (index === 11 ? {} : { departmentIds: ["d-1", "d-2"] });
    await world.deliver(ids(12).map((id, index) => joiner(id, departmentsOf(index))));
    await world.deliver(leavers(12));
    const alarms = world.log.filter((line) => line.startsWith("error departures held"));
    expect(alarms).toHaveLength(2);
    expect(alarms[0]).toContain('"departures":11,"taken":10,"people":12,"departments":"d-1,d-2"');
    expect(alarms[1]).toContain('"departures":12,"taken":10,"people":12,"departments":""');
  });

  it("that are held keep nothing of their event from being held with them", async () => {
    const world = await company(12);
    await world.deliver(leavers(10));
    await world.deliver([told("hr", "suspended", "11", 11, [suspend("elsewhere")])]);
    expect(world.pool.users().at(-1)).not.toHaveProperty("city");
    expect(world.log.filter((line) => line.startsWith("error departures held"))).toHaveLength(1);
  });
});
