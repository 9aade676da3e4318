import { describe, expect, it } from "vitest";
import { expectTidy, handOvers, openImports } from "./imports.ts";
import { expectWhole, peopleFile } from "./people-file.ts";

describe("a large file", () => {
  it("whose functions run out of time and die has every row once, and reports its progress", async () => {
    const run = openImports({
      chunkSize: { rows: 5_000, bytes: 4 * 1024 * 1024 },
      invocationMilliseconds: 20_000,
      callsPerSecond: 2,
    });
    const count = 20_000;
    const id = run.upload("users", "people.csv", peopleFile(count));
    const seen: { rows: number; rowsDone: number; estimatedEndAt?: string }[] = [];
    await run.settle((round) => {
      const progress = run.objects.get(`results/${id}/progress.json`);
      if (progress) seen.push(JSON.parse(progress.bytes.toString()));
      if ([3, 7, 11].includes(round)) run.lives.endAt(60 + round);
    });
    expectWhole(run, id, count);
    expect(run.lives.deaths).toBe(3);
    expect(handOvers(run)).toBeGreaterThanOrEqual(5);
    expect(seen[0]).toMatchObject({ rows: count, rowsDone: 0 });
    // Two invocations may write how far it is, each with the rows of its own chunk.
    for (const [index, { rowsDone }] of seen.entries())
      expect(rowsDone).toBeGreaterThan((seen[index - 1]?.rowsDone ?? 0) - 5_000);
    const half = seen.find(({ rowsDone }) => rowsDone >= count / 2);
    const { finishedAt, startedAt } = run.results(id).summary;
    const estimated = Date.parse(half?.estimatedEndAt ?? "") - Date.parse(startedAt);
    const took = Date.parse(finishedAt) - Date.parse(startedAt);
    expect(estimated / took).toBeGreaterThan(0.4);
    expect(estimated / took).toBeLessThan(2.5);

    const requests = run.pool.requests.length;
    run.tellAgain(id);
    await run.settle();
    expect(run.log.at(-1)).toEqual(["import seen before", { import: id }]);
    expect(run.pool.requests).toHaveLength(requests);
    expectTidy(run, id);
  }, 120_000);

  it("does not delay a small one", async () => {
    const run = openImports({ chunkSize: { rows: 20, bytes: 1_000_000 }, callsPerSecond: 2 });
    const large = run.upload("users", "large.csv", peopleFile(400, 1000));
    const little = run.upload("users", "small.csv", peopleFile(20));
    await run.settle();
    const endOf = (id: string) => Date.parse(run.results(id).summary.finishedAt);
    const startOf = (id: string) => Date.parse(run.results(id).summary.startedAt);
    expect(endOf(little) - startOf(little)).toBeLessThan((endOf(large) - startOf(large)) / 3);
  });
});
