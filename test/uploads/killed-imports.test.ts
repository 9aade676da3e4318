import { describe, expect, it } from "vitest";
import { expectTidy, openImports } from "./imports.ts";
import { killedAtEach, twoChunks, twoChunksRows } from "./killed-at.ts";
import { expectWhole, peopleFile } from "./people-file.ts";

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

describe("an import that is killed", () => {
  it("at any call to a port, before or after its answer, has every row once", async () => {
    expect(await killedAtEach(1)).toBeGreaterThan(150);
  }, 120_000);

  it("again and again, and whose notification comes twice, has every row once", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const run = openImports(twoChunks);
      const id = run.upload("users", "people.csv", peopleFile(twoChunksRows), 2);
      await run.settle((round) => {
        if (round % 3 === 0 && run.lives.deaths < 8) run.lives.endAt(1 + ((seed * 7 + round * 11) % 40));
        if (round === 4) run.tellAgain(id);
      });
      expect(run.lives.deaths).toBeGreaterThan(2);
      expectWhole(run, id, twoChunksRows);
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

  it("brings every person with the secret of the row, once, and no secret of a row that was rejected", async () => {
    // Each row brings two things; every fifth secret and every seventh person cannot be brought.
    const rows = Array.from({ length: 60 }, (_, index) => {
      const email = index % 7 === 3 ? "no address" : `p${index}@example.com`;
      return `${index},${email},${index % 5 === 2 ? "short" : secret}\n`;
    });
    const text = `externalId,email,totpSecret\n${rows.join("")}`;
    const secretOptions = { chunkSize: { rows: 23, bytes: 1_000_000 } };
    const imported = async (step: number) => {
      const run = openImports(secretOptions);
      const id = run.upload("users", "people.csv", text);
      if (step > 0) run.lives.endAt(step);
      await run.settle();
      expect(run.lives.deaths, `at step ${step}`).toBe(step > 0 ? 1 : 0);
      const { people, secrets, reasons, rows: count } = run.results(id).summary;
      const brought = ({ accepted, alreadyDone, rejected }: typeof people) => [
        accepted + alreadyDone,
        rejected,
      ];
      expectTidy(run, id);
      const results = run.objects.keys("results/").map((key) => String(run.objects.get(key)?.bytes));
      expect(JSON.stringify([results, run.log])).not.toContain(secret);
      const accounts = run.pool.users().map(({ userId, externalId }) => [externalId, run.pool.otpOf(userId)]);
      return {
        steps: run.lives.steps,
        told: {
          count,
          people: brought(people),
          secrets: brought(secrets),
          reasons,
          accounts: new Map(accounts as []),
        },
        accounts: accounts.length,
      };
    };
    const whole = await imported(0);
    expect(whole.told).toMatchObject({ count: 60, people: [51, 9], accounts: { size: 51 } });
    expect(whole.told.accounts.get("0" as never)).toBe(secret);
    for (let step = 1; step <= whole.steps; step += 4) {
      const { told, accounts } = await imported(step);
      expect(told, `at step ${step}`).toEqual(whole.told);
      expect(accounts).toBe(51);
    }
  }, 120_000);

  it("foretells the same as a preview, and writes nothing at Authing", async () => {
    // Rows with the same address, near and far, of which a preview has to remember the first.
    const rows = Array.from({ length: 70 }, (_, index) =>
      index % 10 === 7 ? `${index},no address\n` : `${index},p${index % 40}@example.com\n`,
    );
    const text = `externalId,email\n${rows.join("")}`;
    const previewed = async (step: number) => {
      const run = openImports({ chunkSize: { rows: 23, bytes: 1_000_000 } });
      const id = run.preview("users", "people.csv", text);
      if (step > 0) run.lives.endAt(step);
      await run.settle();
      expect(run.lives.deaths, `at step ${step}`).toBe(step > 0 ? 1 : 0);
      expect(run.pool.users()).toEqual([]);
      expect(run.objects.keys("plan/")).toHaveLength(1);
      expect(run.objects.keys("rows/")).toEqual([]);
      expect(run.objects.keys(`results/${id}/parts`)).toEqual([]);
      const { summary, accepted, rejected } = run.results(id);
      const { startedAt: _start, finishedAt: _end, import: _id, object: _object, ...told } = summary;
      const sample = String(run.objects.get(`results/${id}/sample.json`)?.bytes);
      return { steps: run.lives.steps, told: { ...told, accepted, rejected, sample } };
    };
    const whole = await previewed(0);
    expect(whole.told).toMatchObject({ state: "previewed", rows: 70, isOrdered: true });
    for (let step = 1; step <= whole.steps; step += 7) {
      expect((await previewed(step)).told, `at step ${step}`).toEqual(whole.told);
    }
  }, 120_000);
});
