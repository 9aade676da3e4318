import { expect, it } from "vitest";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import { chunkKey, importKey } from "#lib/uploads/ledger-entries.ts";
import { handOvers, openImports } from "./imports.ts";
import { addressRows, expectWhole, peopleFile } from "./people-file.ts";

it("the work of a message can be claimed as soon as the message is queued", async () => {
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
            // The plan is made under a claim of the import; the first chunk that runs may also be the last one.
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

it("a chunk whose message is delivered twice at the same time is run by one invocation", async () => {
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
    const text =
      kind === "users" ? `externalId,email\n${addressRows(0, 10)}` : `secret,email\n${addressRows(0, 10)}`;
    const id = run.upload(kind, "file.csv", text);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 10 });
    const numbers = sent.flatMap((message) => (message.kind === "chunk" ? [message.chunk] : []));
    // Secrets keep the order of the file, so that the later of two for one person wins.
    expect(kind === "otp" ? numbers : numbers.toSorted((one, other) => one - other)).toEqual(chunks);
    expect(sent.filter((message) => message.kind === "finish")).toHaveLength(1);
    expect(sent.at(-1)?.kind).toBe("finish");
    expect(mostAtOnce).toBe(kind === "users" ? 2 : 1);
  },
);
