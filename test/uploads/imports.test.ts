import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { openImports, type Imports, type ImportsOptions } from "./imports.ts";

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const small: ImportsOptions = { chunkSize: { rows: 20, bytes: 1_000_000 } };
/** Rows that no Authing could take: every tenth. */
const isBad = (index: number) => index % 10 === 7;

/** A file of people. Every seventh has a newline in a name, so that rows and lines differ. */
function peopleFile(count: number, from = 0): string {
  const rows = Array.from({ length: count }, (_, place) => {
    const index = from + place;
    const name = index % 7 === 3 ? `"张\n${index}"` : `张${index}`;
    return `${index},${name},${isBad(index) ? "no address" : `p${index}@example.com`}\n`;
  });
  return `工号,姓名,邮箱\n${rows.join("")}`;
}

/** The line on which each row of `peopleFile` starts. */
function linesOf(count: number): number[] {
  let line = 2;
  return Array.from({ length: count }, (_, index) => {
    const own = line;
    line += index % 7 === 3 ? 2 : 1;
    return own;
  });
}

/** Every row has one result, everybody is at Authing once, and nothing is left lying about. */
function expectWhole(run: Imports, id: string, count: number): void {
  const { summary, accepted, rejected } = run.results(id);
  const lines = linesOf(count);
  const good = lines.filter((_, index) => !isBad(index));
  const bad = lines.filter((_, index) => isBad(index));
  expect(accepted.map(({ row }) => row)).toEqual(good);
  expect(Array.from(rejected.matchAll(/,(\d+),[^,]*\r\n/g), ([, row]) => Number(row))).toEqual(bad);
  expect(summary).toMatchObject({
    state: "finished",
    rows: count,
    rejected: bad.length,
    reasons: { "邮箱: email-invalid": bad.length },
  });
  expect(summary.accepted + summary.alreadyDone).toBe(good.length);
  expect(
    run.pool
      .users()
      .map(({ externalId }) => Number(externalId))
      .toSorted((one, other) => one - other),
  ).toEqual(Array.from({ length: count }, (_, index) => index).filter((index) => !isBad(index)));
  expectTidy(run, id);
}

function expectTidy(run: Imports, id: string): void {
  expect(run.objects.keys(`results/${id}/`)).toEqual(
    ["accepted.ndjson", "progress.json", "rejected.csv", "summary.json"].map(
      (file) => `results/${id}/${file}`,
    ),
  );
}

const handOvers = (run: Imports) => run.log.filter(([message]) => message === "chunk handed over").length;

describe("an import that is killed", () => {
  // Two chunks side by side, each with time for one batch and a bit.
  const options: ImportsOptions = {
    chunkSize: { rows: 53, bytes: 1_000_000 },
    invocationMilliseconds: 30,
  };
  const count = 106;

  it("at any one call to the outside or its answer has every row once", async () => {
    const whole = openImports(options);
    const id = whole.upload("users", "people.csv", peopleFile(count));
    await whole.settle();
    expectWhole(whole, id, count);
    expect(whole.results(id).summary.accepted).toBe(96);
    expect(handOvers(whole)).toBeGreaterThan(1);
    const { steps } = whole.lives;
    expect(steps).toBeGreaterThan(150);

    for (let step = 1; step <= steps; step += 1) {
      const run = openImports(options);
      run.upload("users", "people.csv", peopleFile(count));
      run.lives.endAt(step);
      await run.settle();
      expect(run.lives.deaths, `at step ${step}`).toBe(1);
      expectWhole(run, importOf(run), count);
    }
  }, 120_000);

  it("again and again, and told of twice, has every row once", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const run = openImports(options);
      const id = run.upload("users", "people.csv", peopleFile(count), 2);
      await run.settle((round) => {
        if (round % 3 === 0 && run.lives.deaths < 8) run.lives.endAt(1 + ((seed * 7 + round * 11) % 40));
        if (round === 4) run.tellAgain(id);
      });
      expect(run.lives.deaths).toBeGreaterThan(2);
      expectWhole(run, id, count);
    }
  }, 120_000);

  it("leaves no TOTP secret behind, and the later of two for one person", async () => {
    const others = Array.from({ length: 59 }, (_, index) => `${index + 1},,${secret}\n`);
    // The first one takes longer, since its person has to be looked up, and the second one is in the next chunk.
    const rows = [
      ",p0@example.com,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
      ...others.slice(0, 19),
      `0,,${secret}\n`,
      ...others.slice(19),
    ];
    const text = `externalId,email,secret\n${rows.join("")}`;
    const prepared = async () => {
      const run = openImports(small);
      run.upload(
        "users",
        "people.ndjson",
        Array.from(
          { length: 60 },
          (_, index) => `{"externalId":"${index}","email":"p${index}@example.com"}\n`,
        ).join(""),
      );
      await run.settle();
      return run;
    };
    const whole = await prepared();
    const before = whole.lives.steps;
    whole.upload("otp", "otp.csv", text);
    await whole.settle();
    const steps = whole.lives.steps - before;

    for (let step = 0; step <= steps; step += 3) {
      const run = await prepared();
      const id = run.upload("otp", "otp.csv", text);
      if (step > 0) run.lives.endAt(step);
      await run.settle();
      expect(run.results(id).summary).toMatchObject({ rows: 61, accepted: 61, state: "finished" });
      expect(run.pool.users().every(({ userId }) => run.pool.otpOf(userId) === secret)).toBe(true);
      expect(run.objects.keys("incoming/otp/")).toEqual([]);
      expectTidy(run, id);
      expect(
        JSON.stringify(run.objects.keys("results/").map((key) => String(run.objects.get(key)?.bytes))),
      ).not.toMatch(/GEZDG|JBSWY/);
    }
  }, 120_000);
});

function importOf(run: Imports): string {
  return /^results\/([^/]+)\//.exec(run.objects.keys("results/")[0] ?? "")?.[1] ?? "";
}

describe("a large file", () => {
  it("whose functions run out of time, and die in the middle, has every row once and says how far it is", async () => {
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
    expect(seen.map(({ rowsDone }) => rowsDone)).toEqual(
      seen.map(({ rowsDone }) => rowsDone).toSorted((one, other) => one - other),
    );
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

  it("does not keep a small one waiting", async () => {
    const run = openImports({ ...small, callsPerSecond: 2 });
    const large = run.upload("users", "large.csv", peopleFile(400, 1000));
    const little = run.upload("users", "small.csv", peopleFile(20));
    await run.settle();
    const endOf = (id: string) => Date.parse(run.results(id).summary.finishedAt);
    const startOf = (id: string) => Date.parse(run.results(id).summary.startedAt);
    expect(endOf(little) - startOf(little)).toBeLessThan((endOf(large) - startOf(large)) / 3);
  });
});

describe("secrets whose people come later", () => {
  const people = (from: number, to: number) =>
    Array.from(
      { length: to - from },
      (_, index) => `{"externalId":"${from + index}","email":"p${from + index}@example.com"}\n`,
    ).join("");
  const text = `externalId,secret\n${Array.from({ length: 160 }, (_, index) => `${index},${secret}\n`).join("")}`;

  it("are not lost when the time is up meanwhile, or a function dies at any call", async () => {
    const play = async (die?: number) => {
      const run = openImports({
        chunkSize: { rows: 1000, bytes: 1_000_000 },
        invocationMilliseconds: 7_000,
        callsPerSecond: 20,
      });
      // Some are there, most come meanwhile, the last ten never.
      run.upload("users", "first.ndjson", people(100, 130));
      await run.settle();
      const before = run.lives.steps;
      const id = run.upload("otp", "otp.csv", text);
      if (die !== undefined) run.lives.endAt(die);
      run.upload("users", "second.ndjson", people(0, 100) + people(130, 150));
      await run.settle();
      return { run, id, steps: run.lives.steps - before };
    };
    const whole = await play();
    expect(handOvers(whole.run)).toBeGreaterThan(0);
    for (let step = 0; step <= whole.steps; step += 10) {
      const { run, id } = step === 0 ? whole : await play(step);
      const { summary, accepted, rejected } = run.results(id);
      expect(summary).toMatchObject({
        rows: 160,
        accepted: 150,
        reasons: { "externalId: user-unknown": 10 },
      });
      expect(new Set(accepted.map(({ row }) => row)).size).toBe(150);
      expect(rejected.split("\r\n")).toHaveLength(12);
      expect(run.pool.users().every(({ userId }) => run.pool.otpOf(userId) === secret)).toBe(true);
      expect(run.objects.keys("incoming/otp/")).toEqual([]);
      expectTidy(run, id);
    }
  }, 120_000);
});

describe("what is planned", () => {
  it("is nothing when the file cannot be read to its end: nobody of it is brought to Authing", async () => {
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
    run.tellAgain(id);
    await run.settle();
    expect(run.log.at(-1)).toEqual(["import seen before", { import: id }]);
  });

  it("is one chunk for a small file, and one without rows for a file without", async () => {
    const run = openImports(small);
    const id = run.upload("users", "people.csv", "email\n");
    await run.settle();
    expect(run.results(id).summary).toMatchObject({ state: "finished", rows: 0 });
    expect(run.results(id).rejected).toBe("\uFEFFemail,row,reason\r\n");
    expectTidy(run, id);
  });

  it("is planned once, and done once, however often it is told", async () => {
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

    // As if the finish had died with the parts gone and the plan still there.
    const { bucket } = run.objects.put(`results/${id}/plan.json`, plan, "application/json");
    run.send({ kind: "chunk", bucket, import: id, chunk: 0 });
    await run.settle();
    expect(run.pool.requests).toHaveLength(requests);
    expectWhole(run, id, 100);
  });

  it("finds the same id again in another chunk", async () => {
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

it("an import whose ledger does not answer for a moment tells of each row once", async () => {
  let calls = 0;
  const run = openImports({
    chunkSize: { rows: 1000, bytes: 1_000_000 },
    before: (ledger) => ({
      ...ledger,
      async settle(...given) {
        calls += 1;
        if (calls === 3) throw new InboundError("unavailable", "ledger-unreachable");
        return ledger.settle(...given);
      },
    }),
  });
  const id = run.upload("users", "people.csv", peopleFile(200));
  await run.settle();
  expectWhole(run, id, 200);
  expect(run.log).toContainEqual([
    "chunk comes again",
    { import: id, chunk: 0, code: "unavailable", reason: "ledger-unreachable" },
  ]);
});

it("an import whose file is taken away meanwhile ends with what was done until then, and says so", async () => {
  const run = openImports({ ...small, callsPerSecond: 2 });
  const id = run.upload("users", "people.csv", peopleFile(200));
  await run.settle((round) => {
    if (round === 3) void run.objects.remove({ bucket: "local", key: "incoming/users/people.csv" });
  });
  const { summary } = run.results(id);
  expect(summary).toMatchObject({ state: "refused", problem: { reason: "object-missing" } });
  expect(summary.rows).toBeGreaterThan(0);
  expect(summary.rows).toBeLessThan(200);
  expect(run.pool.users()).toHaveLength(summary.accepted);
  expectTidy(run, id);
});
