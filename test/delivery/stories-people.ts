import { expect } from "vitest";
import { create, update, leave, callsOf, outcomesOf, placed, type Story } from "./story.ts";
import { personOf, told } from "./world.ts";

// People who get another id, move, leave, and come back.

function renamed(known: boolean): Story {
  const events = [
    told("hr", "renamed", "s-1", 1, [
      { kind: "update", who: { externalId: "1" }, person: { externalId: "2" }, complete: false, trail: {} },
    ]),
    told("hr", "moved", "s-1", 2, [update("2", { city: "杭州" })]),
    told("hr", "left", "s-1", 3, [leave()]),
  ];
  return {
    name: `a person ${known ? "of this source" : "that another source brought"} gets another id`,
    async prepare(world) {
      const source = known ? "hr" : "idp";
      await world.deliver([told(source, "hired", "s-1", 0, [create("1")])]);
      world.pool.script([{ on: "update-user", fault: { kind: "reset-after-applying" } }]);
    },
    async play(world) {
      await world.deliver(events);
    },
    async check(world, whole) {
      expect(world.statuses()).toEqual({ 2: "Resigned" });
      expect(world.pool.users()).toMatchObject([{ city: "杭州" }]);
      for (const outcome of await outcomesOf(world, events))
        expect(outcome).toMatchObject({ kind: placed(whole) });
      expect(await world.ledger.person("1")).toMatchObject({
        externalId: "2",
        owner: known ? "hr" : "idp",
        formerly: ["1"],
      });
    },
    events,
  };
}

function rehired(policy: "resign" | "delete"): Story {
  const events = [
    told("hr", "hired", "1", 0, [create("1")]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("hr", "rehired", "1", 2, [create("1")]),
    // What another source locks and opens by itself later on.
    told("idp", "locked", "user-1", 3, [update("1", { status: "Suspended" })]),
    told("idp", "opened", "user-1", 4, [update("1", { status: "Activated" })]),
  ];
  return {
    name: `a person is hired again after leaving by ${policy}`,
    options: { leave: policy },
    async play(world) {
      for (const event of events) await world.deliver([event]);
    },
    async check(world) {
      expect(world.statuses()).toEqual({ 1: "Activated" });
      const known = await world.ledger.person("1");
      expect(known).toMatchObject({ createdBy: "hr/hired" });
      expect(known).not.toHaveProperty("closedBy");
    },
    events: events.slice(3),
  };
}

function moved(): Story {
  const events = [
    told("hr", "moved", "1", 1, [update("1", { city: "杭州", departmentIds: ["d-2", "d-1"] })]),
    // Those that Authing shows already, in another order.
    told("hr", "moved-nowhere", "1", 2, [update("1", { city: "上海", departmentIds: ["d-1", "d-2"] })]),
    told("hr", "without", "1", 3, [update("1", { city: "北京" })]),
    told("hr", "only", "1", 4, [update("1", { departmentIds: ["d-3"] })]),
    told("hr", "unknown", "1", 5, [update("1", { city: "深圳", departmentIds: ["d-4"] })]),
    told("hr", "late", "1", 3.5, [update("1", { city: "成都" })]),
  ];
  return {
    name: "a person moves from department to department",
    options: { departments: ["d-1", "d-2", "d-3"] },
    async prepare(world) {
      await world.deliver([told("hr", "hired", "1", 0, [create("1", { departmentIds: ["d-1"] })])]);
    },
    async play(world) {
      for (const event of events) await world.deliver([event]);
    },
    async check(world, whole) {
      expect(world.pool.users()).toMatchObject([{ city: "深圳", departmentIds: ["d-3"] }]);
      expect(await outcomesOf(world, events)).toMatchObject([
        { kind: "accepted" },
        { kind: "accepted" },
        { kind: "accepted" },
        { kind: "accepted" },
        { kind: "rejected", reason: "invalid-record", field: "departmentIds", partly: true },
        { kind: "superseded", by: "hr/unknown" },
      ]);
      expect(await world.recordOf("hr", "moved")).not.toHaveProperty("dropped");
      if (whole) expect(callsOf(world, "set-user-departments")).toHaveLength(3);
    },
    events,
  };
}

function movedBack(): Story {
  const departmentIds = ["d-1"];
  const events = [
    told("hr", "hired", "1", 0, [create("1", { departmentIds })]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("idp", "updated", "user-1", 2, [update("1", { city: "杭州", departmentIds: ["d-2"] })]),
  ];
  const rehired = told("hr", "rehired", "1", 3, [create("1", { departmentIds })]);
  return {
    name: "a leaver is in no department, whatever another source says, until they come back",
    async prepare(world) {
      await world.deliver(events.slice(0, 2));
      await world.deliver(events.slice(2));
      expect(world.pool.users()).toMatchObject([{ city: "杭州", departmentIds: [] }]);
    },
    async play(world) {
      await world.deliver([rehired]);
    },
    async check(world) {
      expect(world.pool.users()).toMatchObject([{ status: "Activated", departmentIds }]);
    },
    events: [rehired],
  };
}

function leftElsewhere(policy: "resign" | "delete"): Story {
  const events = [
    told("hr", "hired", "1", 0, [create("1")]),
    told("idp", "created", "user-1", 0, [create("1")]),
    told("hr", "left", "1", 1, [leave("1")]),
    told("idp", "deleted", "user-1", 2, [leave("1")]),
    told("idp", "created-again", "user-1", 3, [create("1")]),
    told("idp", "updated", "user-1", 4, [update("1", { ...personOf("1"), status: "Activated" }, true)]),
  ];
  return {
    name: `a person who left by ${policy} stays away whatever another source says`,
    options: { leave: policy },
    async play(world) {
      for (const event of events) await world.deliver([event]);
    },
    async check(world) {
      expect(Object.values(world.statuses())).not.toContain("Activated");
    },
    events: [],
  };
}

/** Small enough to be killed at every step. */
export const storiesOfPeople: readonly Story[] = [
  renamed(true),
  renamed(false),
  moved(),
  movedBack(),
  rehired("resign"),
  rehired("delete"),
  leftElsewhere("resign"),
  leftElsewhere("delete"),
];
