import { describe, expect, it } from "vitest";
import { temporaryDatabase } from "#infra/store/database.ts";
import { storeLedger } from "#infra/store/ledger.ts";
import { storeParked } from "#infra/store/parked.ts";
import { checkNight, foundAtNight, interruptedNight, night } from "./night.ts";
import type { RosterWorldOptions } from "./roster-world.ts";

/** How many steps the night has when no process dies. */
async function stepsOf(options: RosterWorldOptions = {}): Promise<number> {
  const world = await night(options);
  const run = await world.begin();
  const before = world.lives.steps;
  await world.work();
  const steps = world.lives.steps - before;
  expect(await world.report(run)).toMatchObject(foundAtNight);
  await checkNight(world);
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
      expect(await world.report(run), `step ${step}`).toMatchObject(foundAtNight);
      await checkNight(world);
    }
  }, 240_000);

  it("again and again, with little time for each, over SQLite", async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const database = temporaryDatabase();
      const { lives } = await interruptedNight(
        { makeLedger: (now) => storeLedger(database, now), makeParked: () => storeParked(database) },
        seed,
      );
      expect(lives.deaths).toBeGreaterThan(3);
    }
  }, 120_000);

  it("and whose next one is another run that found it at work, is not disturbed", async () => {
    const world = await night({ invocationMilliseconds: 40 });
    const runs = [await world.begin(), await world.begin()];
    await world.work();
    const reports = await Promise.all(runs.map((run) => world.report(run)));
    expect(reports.map(({ state }) => state).toSorted()).toEqual(["finished", "refused"]);
    await checkNight(world);
  });
});
