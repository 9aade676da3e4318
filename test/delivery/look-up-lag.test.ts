import { describe, expect, it, onTestFinished } from "vitest";
import { memoryLedger } from "../memory/ledger.ts";
import type { Fault } from "#infra/sandbox/faults.ts";
import { openWorld, personOf, told, type World } from "./world.ts";
import { parkedList } from "../contract/parked-list.ts";

// Authing's look-up may lag behind its create by some seconds: what is there is not found yet, and that decides nothing.

async function lagging(lookUpLagMilliseconds: number): Promise<World> {
  const world = await openWorld({
    makeLedger: memoryLedger,
    direct: true,
    people: "own",
    lookUpLagMilliseconds,
  });
  onTestFinished(() => world.close());
  return world;
}

const joins = (id: string) =>
  told("hr", `joined-${id}`, id, 1, [{ kind: "create", person: personOf(id), trail: {} }]);

const people = Array.from({ length: 20 }, (_, index) => String(index));

describe.each([500, 2_000, 8_000])("a look-up that lags by %i ms", (lag) => {
  it.each<readonly [string, readonly Fault[]]>([
    ["an answer that was lost", [{ kind: "reset-after-applying" }]],
    ["an answer that never came", [{ kind: "hang-after-applying" }]],
    ["a gateway's page in place of the answer", [{ kind: "http-502", applied: true }]],
    ["a page in place of the answer", [{ kind: "html-200", applied: true }]],
    ["a success that names no person", [{ kind: "empty-200", applied: true }]],
    ["two answers that were lost", [{ kind: "reset-after-applying" }, { kind: "reset-after-applying" }]],
  ])("makes no conflict of %s: each person is there once, by their own event", async (_, faults) => {
    const world = await lagging(lag);
    world.pool.script(faults.map((fault) => ({ on: "create-users-batch", fault })));
    await world.deliver(people.map(joins));
    await world.deliverWaiting();
    expect(
      world.pool
        .users()
        .map(({ externalId }) => externalId)
        .toSorted(),
    ).toEqual(people.toSorted());
    for (const id of people) {
      expect(await world.recordOf("hr", `joined-${id}`)).toMatchObject({
        outcome: { kind: "accepted", userId: expect.any(String) },
      });
    }
    expect(await parkedList(world.parked, "rejected", 10)).toEqual([]);
    expect(await parkedList(world.parked, "held", 10)).toEqual([]);
  });

  it("closes the account of a leaver who joined a moment before", async () => {
    const world = await lagging(lag);
    await world.deliver([
      joins("1"),
      told("hr", "left-1", "1", 2, [{ kind: "leave", who: { externalId: "1" } }]),
    ]);
    await world.deliverWaiting();
    expect(world.statuses()).toEqual({ 1: "Resigned" });
  });
});
