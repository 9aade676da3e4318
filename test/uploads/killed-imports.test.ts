import { describe, expect, it } from "vitest";
import { expectTidy, handOvers, openImports, type Imports, type ImportsOptions } from "./imports.ts";
import { expectWhole, peopleFile } from "./people-file.ts";

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

describe("an import that is killed", () => {
  // Two chunks in parallel, each with time for a little more than one batch.
  const options: ImportsOptions = {
    chunkSize: { rows: 53, bytes: 1_000_000 },
    invocationMilliseconds: 30,
  };
  const count = 106;

  it("at any call to a port, before or after its answer, has every row once", async () => {
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

  it("again and again, and whose notification comes twice, has every row once", async () => {
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

  it("keeps no TOTP secret, and imports the later of two for one person", async () => {
    const others = Array.from({ length: 59 }, (_, index) => `${index + 1},,${secret}\n`);
    // The first secret takes longer, because its person must be looked up; the second is in the next chunk.
    const rows = [
      ",p0@example.com,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
      ...others.slice(0, 19),
      `0,,${secret}\n`,
      ...others.slice(19),
    ];
    const text = `externalId,email,secret\n${rows.join("")}`;
    const prepared = async () => {
      const run = openImports({ chunkSize: { rows: 20, bytes: 1_000_000 } });
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
