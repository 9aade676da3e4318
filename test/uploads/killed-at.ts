import { expect } from "vitest";
import { handOvers, openImports, type Imports, type ImportsOptions } from "./imports.ts";
import { expectWhole, peopleFile } from "./people-file.ts";

/** Two chunks in parallel, each with time for a little more than one batch. */
export const twoChunks: ImportsOptions = {
  chunkSize: { rows: 53, bytes: 1_000_000 },
  invocationMilliseconds: 30,
};
/** The rows of the two chunks. */
export const twoChunksRows = 106;

/** Kills an import at one call to a port after the other, or at each n-th of them: every row has to be there once. Returns how many imports were killed. */
export async function killedAtEach(calls: number): Promise<number> {
  const whole = openImports(twoChunks);
  const id = whole.upload("users", "people.csv", peopleFile(twoChunksRows));
  await whole.settle();
  expectWhole(whole, id, twoChunksRows);
  expect(whole.results(id).summary.accepted).toBe(96);
  expect(handOvers(whole)).toBeGreaterThan(1);
  const { steps } = whole.lives;
  let killed = 0;
  for (let step = 1; step <= steps; step += calls) {
    const run = openImports(twoChunks);
    run.upload("users", "people.csv", peopleFile(twoChunksRows));
    run.lives.endAt(step);
    killed += 1;
    await run.settle();
    expect(run.lives.deaths, `at step ${step}`).toBe(1);
    expectWhole(run, importOf(run), twoChunksRows);
  }
  return killed;
}

function importOf(run: Imports): string {
  return /^results\/([^/]+)\//.exec(run.objects.keys("results/")[0] ?? "")?.[1] ?? "";
}
