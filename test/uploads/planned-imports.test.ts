import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { importKey } from "#lib/uploads/ledger-entries.ts";
import { expectTidy, openImports, type ImportsOptions } from "./imports.ts";
import { expectWhole, peopleFile } from "./people-file.ts";

const small: ImportsOptions = { chunkSize: { rows: 20, bytes: 1_000_000 } };

describe("what is planned", () => {
  it("is nothing for an object that is neither under incoming/users/ nor under incoming/otp/", async () => {
    const run = openImports(small);
    run.upload("others", "people.csv", peopleFile(1));
    await run.settle();
    expect(run.log).toEqual([["upload ignored", { reason: "not-under-incoming" }]]);
    expect(run.pool.requests).toEqual([]);
  });

  it("is empty when the file cannot be read to its end: none of its rows is delivered", async () => {
    const run = openImports(small);
    const bytes = Buffer.concat([Buffer.from(peopleFile(50)), Buffer.from([0xd5, 0xc5, 0x0a])]);
    const id = run.upload("users", "people.csv", bytes);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({
      state: "refused",
      problem: { reason: "text-not-utf-8", path: "line 59", hint: expect.any(String) },
      rows: 0,
    });
    expect(run.pool.requests).toEqual([]);
    // None of its chunks is queued.
    expect(run.log.map(([message]) => message)).not.toContain("import seen before");
    run.tellAgain(id);
    await run.settle();
    expect(run.log.at(-1)).toEqual(["import seen before", { import: id }]);
  });

  it("is empty when the columns are unknown, and the results do not repeat the header, which may be a person's data", async () => {
    const run = openImports(small);
    const id = run.upload("users", "people.csv", "张三,13800138001\n李四,13800138002\n");
    await run.settle();
    expect(run.results(id)).toMatchObject({
      summary: {
        state: "refused",
        problem: { reason: "columns-unrecognized", path: "header" },
        details: { format: "csv", encoding: "utf-8", delimiter: "," },
        unusedColumns: [],
      },
      rejected: "\uFEFFrow,reason\r\n",
    });
    expect(JSON.stringify(run.log)).not.toMatch(/张三|138/);
  });

  it("is empty when the rows cannot be read to their end, and the summary still lists the unknown columns", async () => {
    const run = openImports(small);
    const rows = "a@example.com,42\n".repeat(10_000);
    const id = run.upload(
      "users",
      "people.csv",
      Buffer.from(`\xef\xbb\xbfemail,shoe\n${rows}\xff\n`, "latin1"),
    );
    await run.settle();
    expect(run.results(id)).toMatchObject({
      summary: { state: "refused", problem: { reason: "text-not-utf-8" }, unusedColumns: ["shoe"] },
      rejected: "\uFEFFemail,shoe,row,reason\r\n",
    });
    expect(await run.ledger.event(importKey(id))).toMatchObject({
      type: "import",
      proof: "bucket",
      outcome: { kind: "rejected", reason: "text-not-utf-8" },
    });
    expect(run.pool.requests).toEqual([]);
  });

  it("is read in the encoding of the whole file, also where the beginning could be UTF-8", async () => {
    const run = openImports(small);
    // The first letter that is not ASCII is far behind what is looked at first.
    const rows = Array.from(
      { length: 3_000 },
      (_, index) => `${index},person ${index},p${index}@example.com\n`,
    );
    const bytes = Buffer.from(`id,name,email\n${rows.join("")}zoe,Zo\u00EB,zoe@example.com\n`, "latin1");
    expect(bytes.length).toBeGreaterThan(65_536);
    const id = run.upload("users", "people.csv", bytes);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ details: { encoding: "windows-1252" }, accepted: 3_001 });
    expect(run.pool.users().at(-1)).toMatchObject({ name: "Zoë" });
    expectTidy(run, id);
  });

  it("waits while another invocation holds the import, and so does the finish", async () => {
    const run = openImports(small);
    const id = run.upload("users", "people.csv", peopleFile(20));
    const hold = () => run.ledger.claim(importKey(id), { owner: "other", leaseSeconds: 3_600 });
    await hold();
    const start = run.clock.now();
    let finishing = 0;
    await run.settle(() => {
      if (finishing > 0 || !run.log.some(([message]) => message === "chunk done")) return;
      finishing = run.clock.now();
      void hold();
    });
    expectWhole(run, id, 20);
    const { startedAt, finishedAt } = run.results(id).summary;
    expect(Date.parse(startedAt) - start).toBeGreaterThan(3_600_000);
    expect(Date.parse(finishedAt) - finishing).toBeGreaterThan(3_600_000);
  });

  it("is one chunk for a small file, and one without rows for a file without", async () => {
    const run = openImports(small);
    const id = run.upload("users", "people.csv", "email\n");
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 0 });
    expect(run.results(id).rejected).toBe("\uFEFFemail,row,reason\r\n");
    expectTidy(run, id);
  });

  it("is planned once, and done once, however often its messages are delivered", async () => {
    const run = openImports(small);
    const id = run.upload("users", "people.csv", peopleFile(100), 3);
    let plan: Buffer = Buffer.alloc(0);
    await run.settle((round) => {
      if (round === 2) run.tellAgain(id);
      plan = run.objects.get(`results/${id}/plan.json`)?.bytes ?? plan;
    });
    expectWhole(run, id, 100);
    expect(run.log.filter(([message]) => message === "import planned")).toHaveLength(1);
    const requests = run.pool.requests.length;

    // The state after a finish that died after it deleted the parts and before it deleted the plan.
    const { bucket } = run.objects.put(`results/${id}/plan.json`, plan, "application/json");
    run.send({ kind: "chunk", bucket, import: id, chunk: 0 });
    await run.settle();
    expect(run.pool.requests).toHaveLength(requests);
    expectWhole(run, id, 100);
  });

  it("detects the same id in another chunk", async () => {
    const run = openImports({ ...small, chunkSize: { rows: 1, bytes: 1_000_000 } });
    const id = run.upload(
      "users",
      "people.csv",
      "工号,邮箱\n1,a@example.com\n2,b@example.com\n1,a@example.com\n3,b@example.com\n",
    );
    await run.settle();
    const { summary, rejected } = run.results(id);
    expect(summary).toMatchObject({ rows: 4, accepted: 2, alreadyDone: 1, rejected: 1 });
    expect(rejected).toContain("email: conflict");
    expect(run.pool.users()).toHaveLength(2);
  });

  it("lists the unknown columns of all chunks", async () => {
    const run = openImports({ ...small, chunkSize: { rows: 1, bytes: 1_000_000 } });
    const id = run.upload(
      "users",
      "people.ndjson",
      '{"email":"a@example.com","shoe":1}\n{"email":"b@example.com","hat":1}\n',
    );
    await run.settle();
    expect(run.results(id).summary.unusedColumns).toEqual(["shoe", "hat"]);
  });
});

it("an import whose ledger does not answer for a moment has one result for each row", async () => {
  let calls = 0;
  const run = openImports({
    chunkSize: { rows: 1000, bytes: 1_000_000 },
    around: ({ ledger }) => ({
      ledger: {
        ...ledger,
        async settle(...given) {
          calls += 1;
          if (calls === 3) throw new InboundError("unavailable", "ledger-unreachable");
          return ledger.settle(...given);
        },
      },
    }),
  });
  const id = run.upload("users", "people.csv", peopleFile(200));
  await run.settle();
  expectWhole(run, id, 200);
  expect(run.log).toContainEqual([
    "chunk retried",
    { import: id, chunk: 0, code: "unavailable", reason: "ledger-unreachable" },
  ]);
});

it("an import whose stored rows are deleted meanwhile, as the bucket does after a day, ends with the rows that are done by then, and its summary says so", async () => {
  const run = openImports({ ...small, callsPerSecond: 2 });
  const id = run.upload("users", "people.csv", peopleFile(200));
  await run.settle((round) => {
    if (round === 3) void run.objects.remove({ bucket: "local", key: `rows/users/${id}.ndjson` });
  });
  const { summary } = run.results(id);
  expect(summary).toMatchObject({ state: "refused", problem: { reason: "object-missing" } });
  expect(summary.rows).toBeGreaterThan(0);
  expect(summary.rows).toBeLessThan(200);
  expect(run.pool.users()).toHaveLength(summary.accepted);
  expectTidy(run, id);
});

it("an invocation that has no time left for a single row is counted as a failure, and writes no part", async () => {
  let reads = 0;
  const parts: string[] = [];
  const run = openImports({
    ...small,
    around: ({ objects }) => ({
      objects: {
        ...objects,
        async read(object, range) {
          if (range) reads += 1;
          if (range && reads === 1) run.clock.pass(900);
          return objects.read(object, range);
        },
        async write(target, bytes) {
          if (target.key.includes("/parts/")) parts.push(target.key);
          return objects.write(target, bytes);
        },
      },
    }),
  });
  const id = run.upload("users", "people.csv", peopleFile(20));
  await run.settle();
  expectWhole(run, id, 20);
  expect(run.log).toContainEqual([
    "chunk retried",
    { import: id, chunk: 0, code: "unavailable", reason: "time-is-up" },
  ]);
  expect(parts).toEqual([`results/${id}/parts/0.0`]);
});

it("the outcomes of a file, its chunks and its rows are kept for 90 days", async () => {
  const kept: number[] = [];
  const run = openImports({
    ...small,
    around: ({ ledger }) => ({
      ledger: {
        ...ledger,
        settle(records, keepSeconds) {
          kept.push(keepSeconds);
          return ledger.settle(records, keepSeconds);
        },
        finishChunk(key, chunk, keepSeconds) {
          kept.push(keepSeconds);
          return ledger.finishChunk(key, chunk, keepSeconds);
        },
      },
    }),
  });
  const id = run.upload("users", "people.csv", peopleFile(30));
  await run.settle();
  // Two chunks, each with one group of rows, and the import.
  expect(kept).toEqual(Array.from({ length: 2 + 2 + 1 }, () => 90 * 86_400));
  const [first] = await run.ledger.events("0", 10);
  expect(first).toMatchObject({
    source: "uploads",
    id: `${id}/line 2`,
    type: "row",
    externalId: "0",
    proof: "bucket",
    changes: ["create"],
    outcome: { kind: "accepted" },
  });
});
