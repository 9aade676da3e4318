import { expect, it, onTestFinished } from "vitest";
import { memoryLedger } from "../memory/ledger.ts";
import { callsOf, joiners, leave, mover, outcomesOf, range } from "./story.ts";
import { openWorld, told, type World, type WorldOptions } from "./world.ts";

// Movers and leavers go fifty at a call. What one of them brings to light is its own.

const ids = range(50);

async function openPool(options: Omit<WorldOptions, "makeLedger"> = {}): Promise<World> {
  const world = await openWorld({ makeLedger: memoryLedger, batchSize: 50, ...options });
  onTestFinished(() => world.close());
  await world.deliver(joiners(ids));
  return world;
}

const movers = () => ids.map((id) => told("hr", `moved-${id}`, id, 10, [mover({ city: "杭州" })]));
/** As many as the departure guard lets through without a question. */
const leavers = ids.slice(0, 10).map((id) => told("hr", `left-${id}`, id, 20, [leave()]));
const operationsOf = (world: World, from: number) =>
  world.pool.requests.slice(from).map(({ operation }) => operation);

it("fifty movers are one call", async () => {
  const world = await openPool();
  const before = world.pool.requests.length;
  await world.deliver(movers());
  expect(operationsOf(world, before)).toEqual(["update-user-batch"]);
  expect(new Set(world.pool.users().map(({ city }) => city))).toEqual(new Set(["杭州"]));
  for (const outcome of await outcomesOf(world, movers())) {
    expect(outcome).toMatchObject({
      kind: "accepted",
      userId: expect.any(String),
      requestId: expect.any(String),
    });
  }
});

it.each(["resign", "suspend", "deactivate", "delete"] as const)(
  "leavers are one call and a look, where the policy is to %s",
  async (policy) => {
    const world = await openPool({ leave: policy });
    const before = world.pool.requests.length;
    await world.deliver(leavers);
    expect(operationsOf(world, before)).toEqual(
      {
        resign: ["resign-user-batch", "get-user-batch"],
        suspend: ["update-user-batch"],
        deactivate: ["update-user-batch"],
        delete: ["delete-users-batch", "get-user-batch"],
      }[policy],
    );
    for (const outcome of await outcomesOf(world, leavers))
      expect(outcome).toMatchObject({ kind: "accepted" });
    expect(Object.values(world.statuses()).filter((status) => status === "Activated")).toHaveLength(40);
  },
);

it.each(["all-or-nothing", "partial"] as const)(
  "a mover that Authing refuses costs the others a few calls, where a refused batch is applied %s",
  async (batchMode) => {
    const world = await openPool({ batchMode });
    const before = world.pool.requests.length;
    const events = ids.map((id) =>
      told("hr", `moved-${id}`, id, 10, [
        mover(id === "7" ? { city: "杭州", email: "no-dot@example" } : { city: "杭州" }),
      ]),
    );
    await world.deliver(events);
    const outcomes = await outcomesOf(world, events);
    expect(outcomes.filter((outcome) => outcome?.kind === "accepted")).toHaveLength(49);
    expect(await world.recordOf("hr", "moved-7")).toMatchObject({
      outcome: { kind: "rejected", reason: "invalid-record" },
    });
    expect(operationsOf(world, before).length).toBeLessThanOrEqual(14);
    expect(world.pool.users().filter(({ city }) => city === "杭州")).toHaveLength(49);
  },
);

it.each(["update-user-batch", "resign-user-batch"])(
  "a person that Authing leaves out of %s is asked about alone",
  async (on) => {
    const world = await openPool();
    const events = on === "update-user-batch" ? movers() : leavers;
    world.pool.script([{ on, fault: { kind: "omits-one" } }]);
    await world.deliver(events);
    for (const outcome of await outcomesOf(world, events))
      expect(outcome).toMatchObject({ kind: "accepted" });
    const isDone = on === "update-user-batch" ? { city: "杭州" } : { status: "Resigned" };
    for (const user of world.pool.users().slice(0, events.length)) expect(user).toMatchObject(isDone);
  },
);

it.each(["reset-after-applying", "http-502", "http-503", "hang-after-applying"] as const)(
  "a batch whose answer is lost is sent again: %s",
  async (kind) => {
    const world = await openPool();
    const fault = kind === "http-502" || kind === "http-503" ? { kind, applied: true } : { kind };
    world.pool.script([{ on: "update-user-batch", fault } as never]);
    await world.deliver(movers());
    for (const outcome of await outcomesOf(world, movers()))
      expect(outcome).toMatchObject({ kind: "accepted" });
    expect(callsOf(world, "update-user-batch").length).toBe(2);
  },
);

it("several calls are in flight, and one that is lost leaves the others done", async () => {
  const many = range(400);
  const world = await openWorld({ makeLedger: memoryLedger, batchSize: 400 });
  onTestFinished(() => world.close());
  await world.deliver(joiners(many));
  const before = world.pool.requests.length;
  // The first call is applied, and its answer never comes: the others do not wait for it.
  world.pool.script([{ on: "update-user-batch", fault: { kind: "hang-after-applying" } } as never]);
  const events = many.map((id) => told("hr", `moved-${id}`, id, 10, [mover({ city: "杭州" })]));
  await world.deliver(events);
  // On a busy machine another answer may come too late as well.
  const operations = operationsOf(world, before);
  expect(operations.length).toBeGreaterThanOrEqual(9);
  expect(new Set(operations)).toEqual(new Set(["update-user-batch"]));
  const bodies = world.sandbox?.requests.slice(before).map(({ body }) => JSON.stringify(body)) ?? [];
  expect(new Set(bodies).size).toBe(8);
  expect(bodies.lastIndexOf(bodies[0] ?? "")).toBeGreaterThan(3);
  for (const outcome of await outcomesOf(world, events)) expect(outcome).toMatchObject({ kind: "accepted" });
});

it("two changes of one person in one call of the worker stay in their order", async () => {
  const world = await openPool();
  const changes = [mover({ city: "before" }), leave(), mover({ city: "after" })];
  const events = ids.slice(0, 10).map((id) => told("hr", `several-${id}`, id, 10, changes));
  const before = world.pool.requests.length;
  await world.deliver(events);
  expect(operationsOf(world, before)).toEqual([
    "update-user-batch",
    "resign-user-batch",
    "get-user-batch",
    "update-user-batch",
  ]);
  expect(world.pool.users()[0]).toMatchObject({ city: "after", status: "Resigned" });
});
