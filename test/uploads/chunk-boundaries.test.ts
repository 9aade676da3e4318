import { describe, expect, it } from "vitest";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { ByteRange } from "#lib/contract/objects.ts";
import { chunkKey, importKey } from "#lib/uploads/ledger-entries.ts";
import { handOvers, openImports, type ImportsOptions } from "./imports.ts";
import { expectWhole, peopleFile } from "./people-file.ts";

const rowsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index},p${from + index}@example.com\n`).join("");

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
    const text = `externalId,email\n${rowsOf(0, 10)}`;
    const bytes = Buffer.from(text);
    const id = run.upload("users", "people.csv", bytes);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ rows: 10, accepted: 10 });
    expect(
      ranges
        .toSorted((one, other) => one.start - other.start)
        .map(({ start, end }) => bytes.subarray(start, end).toString()),
    ).toEqual([rowsOf(0, 4), rowsOf(4, 8), rowsOf(8, 10)]);
    expect(Math.max(...ranges.map(({ end }) => end))).toBe(bytes.length);
  });

  it("begin at the row that the part before reached", async () => {
    const { run, ranges } = recorded({
      chunkSize: { rows: 1000, bytes: 1_000_000 },
      invocationMilliseconds: 30,
    });
    const bytes = Buffer.from(`externalId,email\n${rowsOf(0, 150)}`);
    const id = run.upload("users", "people.csv", bytes);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ rows: 150, accepted: 150 });
    expect(handOvers(run)).toBeGreaterThan(0);
    const starts = ranges.map(({ start }) => bytes.subarray(start).toString().split(",")[0]);
    // Authing is called for 50 rows at a time, and each invocation has time for two calls.
    expect(starts).toEqual(["0", "100"]);
    expect(ranges.every(({ end }) => end === bytes.length)).toBe(true);
  });

  it("are not read at all of a file without rows", async () => {
    const { run, ranges } = recorded({ chunkSize: { rows: 4, bytes: 1_000_000 } });
    const id = run.upload("users", "people.csv", "externalId,email\n");
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 0 });
    expect(ranges).toEqual([]);
  });

  it("that reach into the next chunks bring none of their rows along", async () => {
    const run = openImports({ chunkSize: { rows: 3, bytes: 1_000_000 } });
    // The quote that is opened in the first row is found misplaced in the last one: all bytes are needed to read the first.
    const id = run.upload("users", "people.csv", `externalId,email\n1,"open\n${rowsOf(2, 9)}9,"x" y\n`);
    await run.settle();
    const { summary, accepted, rejected } = run.results(id);
    expect(summary).toMatchObject({ rows: 9, accepted: 7, alreadyDone: 0, rejected: 2 });
    expect(accepted.map(({ row }) => row)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(rejected.match(/quote-misplaced/g)).toHaveLength(2);
    const created = run.pool.requests.filter(({ operation }) => operation === "create-users-batch");
    expect(created.reduce((sum, { count }) => sum + count, 0)).toBe(7);
  });
});

it("what a message is about can be claimed as soon as the message is queued", async () => {
  const states: (readonly [message: string, state: string])[] = [];
  const keyOf = (message: ImportMessage) =>
    message.kind === "chunk" ? chunkKey(message.import, message.chunk) : importKey(message.import);
  const run = openImports({
    chunkSize: { rows: 60, bytes: 1_000_000 },
    invocationMilliseconds: 30,
    around: ({ ledger, queue }) => ({
      queue: {
        async send(messages) {
          for (const message of messages) {
            const next = { owner: "next", leaseSeconds: 60 };
            // The plan is made under a claim of the import; whichever chunk comes first may be the last one too.
            for (const key of [keyOf(message), importKey(message.import)]) {
              states.push([message.kind, (await ledger.claim(key, next)).state]);
              await ledger.release(key, next.owner);
            }
          }
          return queue.send(messages);
        },
      },
    }),
  });
  const id = run.upload("users", "people.csv", peopleFile(200));
  await run.settle();
  expectWhole(run, id, 200);
  expect(handOvers(run)).toBeGreaterThan(0);
  expect(states.length).toBeGreaterThan(2 * 4);
  expect(states.filter(([, state]) => state !== "claimed")).toEqual([]);
});

it("a chunk whose message comes twice at the same time is run by one invocation", async () => {
  const run = openImports({
    chunkSize: { rows: 60, bytes: 1_000_000 },
    around: ({ queue }) => ({ queue: { send: (messages) => queue.send([...messages, ...messages]) } }),
  });
  const id = run.upload("users", "people.csv", peopleFile(200));
  await run.settle();
  expectWhole(run, id, 200);
  const { accepted, alreadyDone } = run.results(id).summary;
  expect([accepted, alreadyDone]).toEqual([180, 0]);
  const created = run.pool.requests.filter(({ operation }) => operation === "create-users-batch");
  expect(created.reduce((sum, { count }) => sum + count, 0)).toBe(180);
});

it.each(["users", "otp"] as const)(
  "each chunk of a file of %s is queued once, and the finish once, last",
  async (kind) => {
    const chunks = [0, 1, 2, 3, 4];
    const sent: ImportMessage[] = [];
    let mostAtOnce = 0;
    const run = openImports({
      chunkSize: { rows: 2, bytes: 1_000_000 },
      around: ({ queue }) => ({
        queue: {
          async send(messages) {
            sent.push(...messages);
            mostAtOnce = Math.max(mostAtOnce, messages.length);
            return queue.send(messages);
          },
        },
      }),
    });
    const text = kind === "users" ? `externalId,email\n${rowsOf(0, 10)}` : `secret,email\n${rowsOf(0, 10)}`;
    const id = run.upload(kind, "file.csv", text);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 10 });
    const numbers = sent.flatMap((message) => (message.kind === "chunk" ? [message.chunk] : []));
    expect(numbers.toSorted((one, other) => one - other)).toEqual(chunks);
    expect(sent.filter((message) => message.kind === "finish")).toHaveLength(1);
    expect(sent.at(-1)?.kind).toBe("finish");
    // Secrets keep the order of the file, so that the later of two for one person wins.
    expect(mostAtOnce).toBe(kind === "users" ? 2 : 1);
    if (kind === "otp") expect(numbers).toEqual(chunks);
  },
);
