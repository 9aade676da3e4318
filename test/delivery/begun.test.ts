import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { openOwnWorld } from "./own-world.ts";
import { create, leave, mover } from "./story.ts";
import { personOf, told, type World } from "./world.ts";

// A worker ends after Authing has created an account, and before the ledger knows whose person it is.

const hired = (over: object = {}) => told("hr", "hired", "1", 0, [create("1", over)]);

/** A world in which that has just happened, to the joiner of HR. */
async function begunWorld(): Promise<World> {
  let isFailing = true;
  const world = await openOwnWorld({
    spoil: () => (port) => {
      if (!("recordPeople" in port)) return port;
      const recordPeople = port.recordPeople as (notes: readonly unknown[]) => Promise<void>;
      return {
        ...port,
        async recordPeople(notes: readonly unknown[]) {
          if (isFailing && notes.length > 0) throw new InboundError("unavailable", "ledger-unreachable");
          return recordPeople(notes);
        },
      };
    },
  });
  expect(await world.invoke([hired()])).toMatchObject([{ state: "later" }]);
  isFailing = false;
  expect(world.pool.users()).toHaveLength(1);
  expect(await world.ledger.person("1")).toBeUndefined();
  return world;
}

describe("an account that could not be noted", () => {
  it("is its source's, whose API shows the person otherwise by then", async () => {
    const world = await begunWorld();
    await world.deliver([hired({ email: "new@example.com" })]);
    expect(await world.recordOf("hr", "hired")).toMatchObject({ outcome: { kind: "accepted" } });
    expect(world.pool.users()).toMatchObject([{ email: "new@example.com" }]);
    expect(await world.ledger.person("1")).toMatchObject({ owner: "hr", createdBy: "hr/hired" });
  });

  it("is changed and closed by what comes before the joiner comes again", async () => {
    const world = await begunWorld();
    const moved = told("hr", "moved", "1", 1, [
      mover({ ...personOf("1"), city: "杭州" }, { complete: true }),
    ]);
    await world.deliver([moved]);
    expect(world.pool.users()).toMatchObject([{ city: "杭州" }]);
    await world.deliver([told("hr", "left", "1", 2, [leave("1")]), hired()]);
    expect(world.statuses()).toEqual({ 1: "Resigned" });
    expect(await world.ledger.person("1")).toMatchObject({ owner: "hr", closedBy: ["hr"] });
  });

  it("is not another source's", async () => {
    const world = await begunWorld();
    await world.deliver([
      told("idp", "seen", "x", 1, [create("1")]),
      told("idp", "gone", "x", 2, [leave("1")]),
    ]);
    expect(await world.recordOf("idp", "seen")).toMatchObject({
      outcome: { kind: "already-done", by: "hr/hired" },
    });
    expect(world.statuses()).toEqual({ 1: "Activated" });
    await world.deliver([hired()]);
    expect(await world.recordOf("hr", "hired")).toMatchObject({ outcome: { kind: "accepted" } });
  });
});

/** A stranger signs up with our id of the person. */
async function strangerJoins({ ports }: World): Promise<void> {
  const list = [personOf("1", { email: "x@example.com" })];
  expect(await ports.authing.createUsersBatch({ list })).toMatchObject({ ok: true });
}

/** A departure has not closed the stranger's account, and the ledger does not know it. */
async function notTaken(world: World): Promise<void> {
  expect(await world.recordOf("hr", "left")).toMatchObject({
    outcome: { kind: "rejected", reason: "account-not-linked" },
  });
  expect(world.statuses()).toEqual({ 1: "Activated" });
  expect(await world.ledger.person("1")).toBeUndefined();
}

describe("an account that a stranger has made after a worker began to create the person", () => {
  const complete = { who: { externalId: "1" }, complete: true, whole: personOf("1") };
  it.each([
    ["a joiner", hired()],
    [
      "a mover that tells a part, and knows all",
      told("hr", "hired", "1", 0, [mover({ city: "杭州" }, complete)]),
    ],
  ])("is taken over by no event: %s", async (_, event) => {
    const world = await openOwnWorld();
    world.pool.script([{ on: "create-users-batch", fault: { kind: "unauthorized" } }]);
    expect(await world.invoke([event])).toMatchObject([{ state: "later" }]);
    await strangerJoins(world);
    await world.deliver([told("hr", "left", "1", 2, [leave("1")])]);
    await notTaken(world);
    await world.deliver([hired()]);
    expect(await world.recordOf("hr", "hired")).toMatchObject({
      outcome: { kind: "held", reason: "account-exists" },
    });
    expect(world.statuses()).toEqual({ 1: "Activated" });
  });

  it("is taken over by no event, where the worker had a mover that brings no person", async () => {
    const world = await openOwnWorld();
    const moved = told("hr", "moved", "1", 0, [mover({ city: "杭州" }, { who: { externalId: "1" } })]);
    expect(await world.invoke([moved])).toMatchObject([{ state: "waiting", reason: "user-unknown" }]);
    await strangerJoins(world);
    await world.deliver([told("hr", "left", "1", 2, [leave("1")])]);
    await notTaken(world);
  });

  it("is not waited for by an event that was refused, and that an operator tries again at once", async () => {
    const world = await openOwnWorld();
    await world.deliver([hired({ email: "no-dot@example" })]);
    await world.operate({ operation: "redrive", kind: "rejected" });
    expect(await world.recordOf("hr", "hired")).toMatchObject({ outcome: { kind: "rejected" } });
    expect(world.log.filter((line) => line.includes("event settled"))).toHaveLength(2);
    expect(world.log.join()).not.toContain("person-busy");
  });

  it("is not asked about any more once the outcome of the event is recorded", async () => {
    const world = await openOwnWorld();
    await world.ports.authing.createUsersBatch({ list: [personOf("2", { email: "p1@example.com" })] });
    await world.deliver([hired()]);
    const asked = world.pool.requests.length;
    await world.deliver([told("idp", "gone", "x", 1, [leave("1")])]);
    expect(world.pool.requests.slice(asked).map(({ operation }) => operation)).toEqual(["get-user"]);
  });
});
