import { describe, expect, it } from "vitest";
import { expectTidy, handOvers, openImports } from "./imports.ts";

const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

describe("secrets of people who are created later", () => {
  const people = (from: number, to: number) =>
    Array.from(
      { length: to - from },
      (_, index) => `{"externalId":"${from + index}","email":"p${from + index}@example.com"}\n`,
    ).join("");
  const text = `externalId,secret\n${Array.from({ length: 160 }, (_, index) => `${index},${secret}\n`).join("")}`;

  it("are not lost when the time of an invocation ends, or a function dies at any call", async () => {
    const play = async (die?: number) => {
      const run = openImports({
        chunkSize: { rows: 1000, bytes: 1_000_000 },
        invocationMilliseconds: 7_000,
        callsPerSecond: 20,
      });
      // Some people exist, most are created meanwhile, the last ten never.
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

  it.each([
    ["50 rows, before the others", 1],
    ["all rows, before the people are looked up again", 4],
  ])("are looked up by the next invocation when the time ends after %s", async (_, groupsInTime) => {
    let isCounting = false;
    let groups = 0;
    const run = openImports({
      chunkSize: { rows: 1000, bytes: 1_000_000 },
      around: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async settle(records, keepSeconds) {
            await ledger.settle(records, keepSeconds);
            if (isCounting) groups += 1;
            if (groups === groupsInTime) run.clock.pass(900);
          },
        },
      }),
    });
    run.upload("users", "people.ndjson", people(0, 20) + people(30, 150));
    await run.settle();
    isCounting = true;
    const id = run.upload("otp", "otp.csv", text);
    await run.settle();
    expect(handOvers(run)).toBe(1);
    const { summary, accepted, rejected } = run.results(id);
    expect(summary).toMatchObject({ rows: 160, accepted: 140, rejected: 20 });
    expect(rejected).not.toContain(secret);
    expect(accepted.map(({ row }) => Number(row.slice(5))).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 150 }, (_, index) => index + 2).filter((row) => row < 22 || row >= 32),
    );
    expect(Array.from(rejected.matchAll(/,line (\d+),[^\n]*\r\n/g), ([, row]) => Number(row))).toEqual(
      Array.from({ length: 160 }, (_, index) => index + 2).filter(
        (row) => (row >= 22 && row < 32) || row >= 152,
      ),
    );
    expectTidy(run, id);
  });

  it("are looked up again as long as some of their people are created", async () => {
    const run = openImports({
      chunkSize: { rows: 1000, bytes: 1_000_000 },
      around: ({ ledger }) => ({
        ledger: {
          ...ledger,
          async settle(records, keepSeconds) {
            await ledger.settle(records, keepSeconds);
            // 50 people are created every 4 seconds, and are looked up every 5 seconds.
            if (records.some(({ changes }) => changes.includes("create"))) await run.clock.wait(4_000);
          },
        },
      }),
    });
    const id = run.upload("otp", "otp.csv", text);
    run.upload("users", "people.ndjson", people(0, 150));
    await run.settle();
    expect(run.results(id).summary).toMatchObject({
      rows: 160,
      accepted: 150,
      reasons: { "externalId: user-unknown": 10 },
    });
  });
});
