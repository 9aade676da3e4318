import { describe, expect, it } from "vitest";
import type { ByteRange } from "#lib/contract/objects.ts";
import { handOvers, openImports, type ImportsOptions } from "./imports.ts";
import { addressRows } from "./people-file.ts";

describe("the bytes of chunks", () => {
  /** The ranges that are read of uploaded files, each with the text in it. */
  function recorded(options: Omit<ImportsOptions, "around">) {
    const ranges: ByteRange[] = [];
    const run = openImports({
      ...options,
      around: ({ objects }) => ({
        objects: {
          ...objects,
          read(object, range) {
            if (range) ranges.push(range);
            return objects.read(object, range);
          },
        },
      }),
    });
    return { run, ranges };
  }

  it("are those of its rows, from the first byte of the first to the last byte of the last", async () => {
    const { run, ranges } = recorded({ chunkSize: { rows: 4, bytes: 1_000_000 } });
    const text = `externalId,email\n${addressRows(0, 10)}`;
    const bytes = Buffer.from(text);
    const id = run.upload("users", "people.csv", bytes);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ rows: 10, accepted: 10 });
    expect(
      ranges
        .toSorted((one, other) => one.start - other.start)
        .map(({ start, end }) => bytes.subarray(start, end).toString()),
    ).toEqual([addressRows(0, 4), addressRows(4, 8), addressRows(8, 10)]);
    expect(Math.max(...ranges.map(({ end }) => end))).toBe(bytes.length);
  });

  it("begin at the row that the previous part reached", async () => {
    const { run, ranges } = recorded({
      chunkSize: { rows: 1000, bytes: 1_000_000 },
      invocationMilliseconds: 30,
    });
    const bytes = Buffer.from(`externalId,email\n${addressRows(0, 150)}`);
    const id = run.upload("users", "people.csv", bytes);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ rows: 150, accepted: 150 });
    expect(handOvers(run)).toBeGreaterThan(0);
    const starts = ranges.map(({ start }) => bytes.subarray(start).toString().split(",")[0]);
    // Authing is called for 50 rows at a time, and each invocation has time for two calls.
    expect(starts).toEqual(["0", "100"]);
    expect(ranges.every(({ end }) => end === bytes.length)).toBe(true);
  });

  it("are not read for a file without rows", async () => {
    const { run, ranges } = recorded({ chunkSize: { rows: 4, bytes: 1_000_000 } });
    const id = run.upload("users", "people.csv", "externalId,email\n");
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 0 });
    expect(ranges).toEqual([]);
  });

  it("that reach into the next chunks add none of their rows", async () => {
    const run = openImports({ chunkSize: { rows: 3, bytes: 1_000_000 } });
    // The quote that is opened in the first row is found misplaced in the last one: all bytes are needed to read the first.
    const id = run.upload("users", "people.csv", `externalId,email\n1,"open\n${addressRows(2, 9)}9,"x" y\n`);
    await run.settle();
    const { summary, accepted, rejected } = run.results(id);
    expect(summary).toMatchObject({ rows: 9, accepted: 7, alreadyDone: 0, rejected: 2 });
    expect(accepted.map(({ row }) => row)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(rejected.match(/quote-misplaced/g)).toHaveLength(2);
    const created = run.pool.requests.filter(({ operation }) => operation === "create-users-batch");
    expect(created.reduce((sum, { count }) => sum + count, 0)).toBe(7);
  });
});
