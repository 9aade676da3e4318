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

describe("an account that a stranger has made after a worker began to create the person", () => {
  it("is taken over by no event", async () => {
    const world = await openOwnWorld();
    world.pool.script([{ on: "create-users-batch", fault: { kind: "unauthorized" } }]);
    expect(await world.invoke([hired()])).toMatchObject([{ state: "later" }]);
    const { authing } = world.ports;
    expect(
      await authing.createUsersBatch({ list: [personOf("1", { email: "x@example.com" })] }),
    ).toMatchObject({ ok: true });
    await world.deliver([told("hr", "left", "1", 2, [leave("1")]), hired()]);
    expect(await world.ledger.event({ source: "hr", id: "left" })).toMatchObject({
      outcome: { kind: "rejected", reason: "account-not-linked" },
    });
    expect(await world.ledger.event({ source: "hr", id: "hired" })).toMatchObject({
      outcome: { kind: "held", reason: "account-exists" },
    });
    expect(world.statuses()).toEqual({ 1: "Activated" });
    expect(await world.ledger.person("1")).toBeUndefined();
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
