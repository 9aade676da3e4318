import { TOTP } from "otpauth";
import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { journey } from "./stack.ts";

describe("a file of TOTP secrets", () => {
  const holders = `externalId,email,phone,username\n1,a@example.com,13800138001,\n2,b@example.com,,\n3,,,zoë\n`;
  const secrets = [
    ["1", "jbsw y3dp ehpk 3pxp", "b471-8ec0-874a-087f-bccb-cd54"],
    ["2", "otpauth://totp/Firma:b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Firma", ""],
  ] as const;

  it("creates authenticators that make the same codes as before", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const id = await run.upload(
      "otp",
      "otp.csv",
      `externalId,secret,recoveryCode\n${secrets.map((row) => row.join(",")).join("\n")}\n`,
    );
    expect(await run.summary(id)).toMatchObject({ kind: "otp", accepted: 2, rejected: 0 });
    const [first, second] = run.stack.sandbox?.users() ?? [];
    const stored = [first, second].map((user) => run.stack.sandbox?.otpOf(user?.userId ?? ""));
    expect(stored[0]?.recoveryCode).toBe("b471-8ec0-874a-087f-bccb-cd54");
    const code = (secret: string) => new TOTP({ secret }).generate({ timestamp: 1_700_000_000_000 });
    expect(code(stored[0]?.secret ?? "")).toBe(code("JBSWY3DPEHPK3PXP"));
    expect(code(stored[1]?.secret ?? "")).toBe(code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
  });

  it("is deleted once it is imported, and kept when it could not be read", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    await run.upload("otp", "good.csv", "externalId,secret\n1,JBSWY3DPEHPK3PXP\n9,JBSWY3DPEHPK3PXP\n");
    await run.upload("otp", "headless.csv", "what,is,this\n1,2,3\n");
    expect(run.stack.objects.keys("incoming/")).toEqual([
      "incoming/otp/headless.csv",
      "incoming/users/people.csv",
    ]);
  });

  it("is accepted when Authing confirms for each person that the factor is on", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const id = await run.upload(
      "otp",
      "otp.csv",
      `externalId,secret\n1,JBSWY3DPEHPK3PXP\n2,JBSWY3DPEHPK3PXP\n`,
    );
    expect(await run.summary(id)).toMatchObject({ accepted: 2 });
    const asked = run.stack.sandbox?.requests.filter(({ operation }) => operation === "get-user-mfa-info");
    expect(asked).toHaveLength(2);
  });

  it("finds its people by any identifier", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const [, , third] = run.stack.sandbox?.users() ?? [];
    for (const [column, value] of [
      ["userId", third?.userId],
      ["email", "A@example.com"],
      ["phone", "+86 138-0013-8001"],
      ["username", "zoë"],
      ["工号", "2"],
    ]) {
      const id = await run.upload(
        "otp",
        `${column}.csv`,
        `${column},secret\n${value},JBSWY3DPEHPK3PXPJBSWY3DP\n`,
      );
      expect(await run.summary(id), column).toMatchObject({ accepted: 1 });
    }
  });

  it("rejects secrets from which Authing would make other codes, and people who are not in Authing", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const id = await run.upload(
      "otp",
      "otp.csv",
      `email,secret,algorithm,digits,period
a@example.com,JBSWY3DPEHPK3PXP,SHA256,,
a@example.com,JBSWY3DPEHPK3PXP,,8,
a@example.com,JBSWY3DPEHPK3PXP,,,60
a@example.com,otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1,,,
a@example.com,JBSWY3DP,,,
unknown@example.com,JBSWY3DPEHPK3PXP,,,
`,
    );
    expect(await run.summary(id)).toMatchObject({
      accepted: 0,
      rejected: 6,
      reasons: {
        "algorithm: algorithm-unsupported": 1,
        "digits: digits-unsupported": 1,
        "period: period-unsupported": 1,
        "secret: type-unsupported": 1,
        "secret: secret-short": 1,
        "email: user-unknown": 1,
      },
    });
  });

  it.each(["import", "inline"] as const)(
    "imports the secret of a person in the same row, by %s, also when the run is interrupted",
    async (otp) => {
      const run = await journey({ config: defineConfig({ authing: { otp }, sources: {} }) });
      const ids = Array.from({ length: 60 }, (_, index) => index + 1);
      const rows = ids.map((id) =>
        JSON.stringify({ externalId: `${id}`, username: `p${id}`, otp: { secret: "jbsw y3dp ehpk 3pxp" } }),
      );
      const refused = { on: otp === "import" ? "import-otp" : "get-user-mfa-info" } as const;
      // The second fault hits the repeated call with the key that was loaded again; then the chunk is retried.
      run.stack.sandbox?.script([
        { ...refused, fault: { kind: "unauthorized" } },
        { ...refused, fault: { kind: "unauthorized" } },
      ]);
      const id = await run.upload("users", "people.ndjson", `${rows.join("\n")}\n`);
      expect(run.log.some((line) => line.includes("chunk retried"))).toBe(true);
      const all = { accepted: 60, alreadyDone: 0, rejected: 0 };
      expect(await run.summary(id)).toMatchObject({ people: all, secrets: all });
      const users = run.stack.sandbox?.users() ?? [];
      expect(users).toHaveLength(60);
      for (const { userId } of users)
        expect(run.stack.sandbox?.otpOf(userId)).toEqual({ secret: "JBSWY3DPEHPK3PXP" });
      const imported = run.stack.sandbox?.requests.filter(({ operation }) => operation === "import-otp");
      // With `inline`, each secret is in the call that creates its account.
      expect(imported?.reduce((sum, { count }) => sum + count, 0)).toBe(otp === "import" ? 50 + 50 + 60 : 0);
    },
  );

  it("waits for people whose file is still being imported", async () => {
    const run = await journey();
    const ids = Array.from({ length: 60 }, (_, index) => index + 1);
    run.stack.sandbox?.script([{ on: "create-users-batch", fault: { kind: "slow", milliseconds: 1000 } }]);
    const secrets = run.upload(
      "otp",
      "otp.csv",
      `externalId,secret\n${[...ids, 1000].map((id) => `${id},JBSWY3DPEHPK3PXP`).join("\n")}\n`,
    );
    const people = run.upload(
      "users",
      "people.csv",
      `externalId,username\n${ids.map((id) => `${id},p${id}`).join("\n")}\n`,
    );
    expect(await run.summary(await people)).toMatchObject({ accepted: 60 });
    expect(await run.summary(await secrets)).toMatchObject({
      rows: 61,
      accepted: 60,
      reasons: { "externalId: user-unknown": 1 },
    });
    for (const { userId } of run.stack.sandbox?.users() ?? [])
      expect(run.stack.sandbox?.otpOf(userId)).toEqual({ secret: "JBSWY3DPEHPK3PXP" });
  });

  it("leaves no secret in results, log or ledger", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const seeds = ["JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LK"];
    const id = await run.upload(
      "otp",
      "otp.csv",
      `email,secret,recoveryCode,digits\na@example.com,${seeds[0]},1111-aaaa,\nb@example.com,${seeds[1]},2222-bbbb,8\n${seeds[2]},b@example.com,3333-cccc,\nx,y\n`,
    );
    const told = [
      ...(await Promise.all(
        ["summary.json", "accepted.ndjson", "rejected.csv"].map((file) => run.result(id, file)),
      )),
      ...run.log,
      JSON.stringify(run.stack.ledger.recent(100)),
    ].join("\n");
    for (const seed of [...seeds, "1111-aaaa", "2222-bbbb", "3333-cccc"]) expect(told).not.toContain(seed);
    expect(await run.summary(id)).toMatchObject({ accepted: 1, rejected: 3 });
  });
});
