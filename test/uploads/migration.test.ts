import { describe, expect, it } from "vitest";
import { codeAt, holdersFile } from "./holders.ts";
import { expectTidy, openImports, type Imports } from "./imports.ts";

// The users of another identity provider with their password hashes and TOTP secrets, in virtual time.

/** Checks that everyone is there once, with the factors of the old system and no other. */
function expectMigrated(run: Imports, id: string, { holders }: ReturnType<typeof holdersFile>): void {
  const secrets = holders.filter(({ seed }) => seed !== undefined).length;
  const { summary, rejected } = run.results(id);
  expect(summary).toMatchObject({
    state: "finished",
    rows: holders.length,
    people: { rejected: 0 },
    secrets: { rejected: 3 },
  });
  expect(summary.people.accepted + summary.people.alreadyDone).toBe(holders.length);
  expect(summary.secrets.accepted + summary.secrets.alreadyDone).toBe(secrets);
  expect(rejected.trimEnd().split("\r\n")).toHaveLength(1 + 3);
  const users = run.pool.users();
  expect(users).toHaveLength(holders.length);
  const byId = new Map(users.map((user) => [user.externalId, user.userId]));
  const moment = 1_700_000_000_000;
  for (const { externalId, hash, seed, recoveryCode } of holders) {
    const { otp, password } = run.pool.factorsOf(byId.get(externalId) ?? "");
    expect(password).toMatchObject({ password: hash, keepPassword: true });
    expect(otp?.recoveryCode).toBe(seed && recoveryCode);
    expect(otp && codeAt(otp.secret, moment)).toBe(seed && codeAt(seed, moment));
  }
  expectTidy(run, id);
}

describe("a migration with TOTP secrets", () => {
  const chunkSize = { rows: 11, bytes: 1_000_000 };
  const file = holdersFile(20);

  it("resumes with every secret, wherever its function dies", async () => {
    const whole = openImports({ chunkSize });
    const id = whole.upload("users", "export.csv", file.text);
    await whole.settle();
    expectMigrated(whole, id, file);
    const { steps } = whole.lives;

    let between = 0;
    for (let step = 1; step <= steps; step += 1) {
      const run = openImports({ chunkSize });
      const own = run.upload("users", "export.csv", file.text);
      run.lives.endAt(step);
      await run.settle((round) => {
        const users = run.pool.users();
        const hasOtp = users.some(({ userId }) => run.pool.otpOf(userId) !== undefined);
        if (round > 0 && run.lives.deaths === 1 && users.length > 0 && !hasOtp) between += 1;
      });
      expect(run.lives.deaths, `at step ${step}`).toBe(1);
      expectMigrated(run, own, file);
    }
    // Some died after people were created and before any secret was imported.
    expect(between).toBeGreaterThan(1);
  }, 120_000);

  it("of 10,000 users brings every one", async () => {
    const many = holdersFile(10_000);
    const run = openImports({ chunkSize: { rows: 5_000, bytes: 4 * 1024 * 1024 } });
    const id = run.upload("users", "export.csv", many.text);
    await run.settle();
    expect(run.results(id).summary).toMatchObject({
      people: { accepted: 10_000 },
      secrets: { accepted: 5_997 },
    });
    expectMigrated(run, id, many);
  }, 60_000);
});
