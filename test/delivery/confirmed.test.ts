import { expect, it, onTestFinished } from "vitest";
import { memoryLedger } from "../memory/ledger.ts";
import type { Change } from "#lib/contract/change.ts";
import { day, openWorld, personOf, told, type World, type WorldOptions } from "./world.ts";

// Authing's success says nothing about single records: what it did not take must not count as taken.

async function openPool(options: Omit<WorldOptions, "makeLedger"> = {}): Promise<World> {
  const world = await openWorld({ makeLedger: memoryLedger, ...options });
  onTestFinished(() => world.close());
  return world;
}

const create = (id: string): Change => ({ kind: "create", person: personOf(id), trail: {} });
const importOtp = (id: string): Change => ({
  kind: "import-otp",
  who: { externalId: id },
  otp: { secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" },
});
const ids = ["1", "2", "3"];

async function outcomesOf(world: World, prefix: string) {
  const records = await Promise.all(ids.map((id) => world.recordOf("hr", `${prefix}-${id}`)));
  return records.map((record) => record?.outcome);
}

it.each([
  ["alone", ids.slice(0, 1)],
  ["among others", ids],
])("a person that Authing leaves out of a batch is not accepted: %s", async (_, joining) => {
  const world = await openPool();
  world.pool.script([{ on: "create-users-batch", fault: { kind: "omits-one" } }]);
  await world.deliver(joining.map((id) => told("hr", `hired-${id}`, id, 0, [create(id)])));
  const taken = joining.slice(0, -1);
  expect(Object.keys(world.statuses())).toEqual(taken);
  expect((await outcomesOf(world, "hired")).slice(0, joining.length)).toMatchObject([
    ...taken.map(() => ({ kind: "accepted" })),
    { kind: "rejected", reason: "not-confirmed" },
  ]);
});

it("a person that a look-up leaves out after a lost answer is not lost and not doubled", async () => {
  const world = await openPool();
  world.pool.script([
    { on: "create-users-batch", fault: { kind: "reset-after-applying" } },
    { on: "get-user-batch", fault: { kind: "omits-one" } },
  ]);
  await world.deliver(ids.map((id) => told("hr", `hired-${id}`, id, 0, [create(id)])));
  expect(world.pool.users().map(({ externalId }) => externalId)).toEqual(ids);
  expect(await outcomesOf(world, "hired")).toMatchObject([
    { kind: "accepted" },
    { kind: "accepted" },
    // Refused as a duplicate when it is sent again. The account began after the event was received, so that it is the event's.
    { kind: "accepted" },
  ]);
});

it("a TOTP secret that Authing leaves out of a batch is not accepted", async () => {
  const world = await openPool();
  await world.deliver(ids.map((id) => told("hr", `hired-${id}`, id, 0, [create(id)])));
  world.pool.script([{ on: "import-otp", fault: { kind: "omits-one" } }]);
  await world.deliver(ids.map((id) => told("hr", `enrolled-${id}`, id, 1, [importOtp(id)])));
  const users = world.pool.users();
  expect(users.map(({ userId }) => world.pool.otpOf(userId) !== undefined)).toEqual([true, true, false]);
  expect(await outcomesOf(world, "enrolled")).toMatchObject([
    { kind: "accepted" },
    { kind: "accepted" },
    { kind: "rejected", reason: "not-confirmed", userId: users[2]?.userId },
  ]);
});

it("nothing is sent to Authing before the time that its Retry-After asks for is over", async () => {
  const world = await openPool();
  world.pool.script([
    { on: "create-users-batch", fault: { kind: "http-429", retryAfterSeconds: 40 } },
    { on: "create-users-batch", fault: { kind: "none" } },
  ]);
  await world.deliver([told("hr", "hired-1", "1", 0, [create("1")])]);
  const times = world.sandbox?.requests.map(({ operation, at }) => [operation, Date.parse(at) - day]);
  expect(times).toEqual([
    ["create-users-batch", 0],
    ["create-users-batch", 40_000],
  ]);
  expect(await world.recordOf("hr", "hired-1")).toMatchObject({ outcome: { kind: "accepted" } });
});
