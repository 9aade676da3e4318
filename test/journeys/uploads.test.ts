import { createRequire } from "node:module";
import type * as AuthingSdk from "authing-node-sdk";
import { TOTP } from "otpauth";
import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { journey, type Journey } from "./stack.ts";

const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as typeof AuthingSdk;

const people = `工号,姓名,邮箱,手机
1,张三,zhang.san@example.com,13800138001
2,José Müller-Lüdenscheidt,jose@example.com,+49 1512 3456789
3,欧阳娜娜,not an address,1.38E+10
4,"𠮷田
春",haru@example.com,
`;

async function summaryOf({ result }: Journey, id: string) {
  return JSON.parse(await result(id, "summary.json"));
}

describe("a file of people", () => {
  it("ends as people in Authing, and each bad row as a line with every reason", async () => {
    const run = await journey();
    const id = await run.upload("users", "人员 名单.csv", people);

    expect(await summaryOf(run, id)).toMatchObject({
      state: "finished",
      details: { format: "csv", encoding: "utf-8", delimiter: "," },
      rows: 4,
      accepted: 3,
      rejected: 1,
    });
    expect(run.stack.sandbox?.users()).toMatchObject([
      { externalId: "1", name: "张三", phone: "13800138001", phoneCountryCode: "+86" },
      { externalId: "2", name: "José Müller-Lüdenscheidt", phone: "15123456789", phoneCountryCode: "+49" },
      { externalId: "4", name: "𠮷田\n春" },
    ]);
    expect(await run.result(id, "rejected.csv")).toBe(
      "工号,姓名,邮箱,手机,row,reason\r\n3,欧阳娜娜,not an address,1.38E+10,4,邮箱: email-invalid; 手机: phone-scientific\r\n",
    );
    const accepted = (await run.result(id, "accepted.ndjson"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(accepted).toMatchObject([
      { row: 2, outcome: "accepted", externalId: "1", userId: expect.stringMatching(/^[0-9a-f]{24}$/) },
      { row: 3, outcome: "accepted", externalId: "2" },
      { row: 5, outcome: "accepted", externalId: "4" },
    ]);
    expect((await run.person("1")).body.events).toMatchObject([
      { source: "uploads", id: `${id}/2`, proof: "bucket" },
    ]);
  });

  it("mended and uploaded again imports just the rows that were refused", async () => {
    const run = await journey();
    const first = await run.upload("users", "people.csv", people);
    const mended = (await run.result(first, "rejected.csv"))
      .replace("not an address", "nana@example.com")
      .replace("1.38E+10", "13800138003");
    const second = await run.upload("users", "mended.csv", mended);
    expect(await summaryOf(run, second)).toMatchObject({
      rows: 1,
      accepted: 1,
      rejected: 0,
      unusedColumns: ["row", "reason"],
    });
    expect(run.stack.sandbox?.users()).toHaveLength(4);
  });

  it("uploaded again brings nobody twice", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", people);
    const again = await run.upload("users", "people.csv", people);
    expect(await summaryOf(run, again)).toMatchObject({ accepted: 0, alreadyDone: 3, rejected: 1 });
    expect(run.stack.sandbox?.users()).toHaveLength(3);
  });

  it("is taken as NDJSON, in either generation of Authing's fields", async () => {
    const run = await journey();
    const id = await run.upload(
      "users",
      "people.ndjson",
      [
        { externalId: "1", username: "zhang.san", gender: "W", customData: { title: "工程师" } },
        {
          externalId: "2",
          email: "b@example.com",
          passwordEncryptType: "none",
          resetPasswordOnFisrtLogin: true,
          password: "Initial-1!",
        },
        "no object",
      ]
        .map((value) => JSON.stringify(value))
        .join("\n"),
    );
    expect(await summaryOf(run, id)).toMatchObject({
      details: { format: "json-lines" },
      accepted: 2,
      rejected: 1,
    });
    expect(run.stack.sandbox?.users()).toMatchObject([
      { username: "zhang.san", gender: "F" },
      { email: "b@example.com" },
    ]);
  });

  it("that cannot be read is refused as a whole, with what to do", async () => {
    const run = await journey();
    const cases: [string, Buffer | string, string][] = [
      [
        "gbk.csv",
        Buffer.from([0xb9, 0xa4, 0xba, 0xc5, 0x2c, 0xd3, 0xca, 0xcf, 0xe4, 0x0a]),
        "text-not-utf-8",
      ],
      ["sheet.xlsx", Buffer.from("PK\x03\x04 and so on"), "file-is-xlsx"],
      ["empty.csv", "", "file-is-empty"],
      ["twice.csv", "邮箱,email\na@example.com,b@example.com\n", "columns-ambiguous"],
    ];
    for (const [name, bytes, reason] of cases) {
      const summary = await summaryOf(run, await run.upload("users", name, bytes));
      expect(summary, name).toMatchObject({
        state: "refused",
        problem: { reason, hint: expect.any(String) },
      });
    }
    expect(run.stack.sandbox?.users()).toEqual([]);
  });
});

describe("one poison record in fifty", () => {
  const fifty = `externalId,name,email\n${Array.from({ length: 50 }, (_, index) => `e${index},${index === 30 ? "坏" : "人"}${index},p${index}@example.com`).join("\n")}\n`;

  for (const batchMode of ["all-or-nothing", "partial"] as const) {
    it(`costs itself only, where Authing's batches are ${batchMode}`, async () => {
      const run = await journey({ sandbox: { batchMode } });
      await run.upload("users", "before.csv", "externalId,email\nsomebody-else,p30@example.com\n");
      const before = run.stack.sandbox?.requests.length ?? 0;
      const id = await run.upload("users", "fifty.csv", fifty);

      expect(await summaryOf(run, id)).toMatchObject({
        accepted: 49,
        alreadyDone: 0,
        rejected: 1,
        reasons: { "email: conflict": 1 },
      });
      expect(await run.result(id, "rejected.csv")).toContain("e30,坏30,p30@example.com,32,email: conflict");
      expect((run.stack.sandbox?.requests.length ?? 0) - before).toBeLessThanOrEqual(1 + 12);
      expect(run.stack.sandbox?.users()).toHaveLength(50);
    });

    it(`that Authing alone finds wrong is found by halving, where batches are ${batchMode}`, async () => {
      const run = await journey({ sandbox: { batchMode, customFields: ["title"] } });
      const rows = Array.from({ length: 50 }, (_, index) => ({
        externalId: `e${index}`,
        email: `p${index}@example.com`,
        customData: index === 30 ? { unknown: "x" } : { title: "x" },
      }));
      const id = await run.upload("users", "fifty.ndjson", rows.map((row) => JSON.stringify(row)).join("\n"));
      expect(await summaryOf(run, id)).toMatchObject({ accepted: 49, rejected: 1 });
      expect(run.stack.sandbox?.requests.length).toBeLessThanOrEqual(1 + Math.ceil(2 * Math.log2(50)) + 1);
    });
  }
});

describe("a file of TOTP secrets", () => {
  const holders = `externalId,email,phone,username\n1,a@example.com,13800138001,\n2,b@example.com,,\n3,,,zoë\n`;
  const secrets = [
    ["1", "jbsw y3dp ehpk 3pxp", "b471-8ec0-874a-087f-bccb-cd54"],
    ["2", "otpauth://totp/Firma:b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Firma", ""],
  ] as const;

  it("ends as authenticators that make the same codes as before", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const id = await run.upload(
      "otp",
      "otp.csv",
      `externalId,secret,recoveryCode\n${secrets.map((row) => row.join(",")).join("\n")}\n`,
    );
    expect(await summaryOf(run, id)).toMatchObject({ kind: "otp", accepted: 2, rejected: 0 });
    const [first, second] = run.stack.sandbox?.users() ?? [];
    const stored = [first, second].map((user) => run.stack.sandbox?.otpOf(user?.userId ?? ""));
    expect(stored[0]?.recoveryCode).toBe("b471-8ec0-874a-087f-bccb-cd54");
    const code = (secret: string) => new TOTP({ secret }).generate({ timestamp: 1_700_000_000_000 });
    expect(code(stored[0]?.secret ?? "")).toBe(code("JBSWY3DPEHPK3PXP"));
    expect(code(stored[1]?.secret ?? "")).toBe(code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
  });

  it("is deleted once it is imported, and kept for whoever looks why it could not be read", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    await run.upload("otp", "good.csv", "externalId,secret\n1,JBSWY3DPEHPK3PXP\n9,JBSWY3DPEHPK3PXP\n");
    await run.upload("otp", "headless.csv", "what,is,this\n1,2,3\n");
    expect(run.stack.objects.keys("incoming/")).toEqual([
      "incoming/otp/headless.csv",
      "incoming/users/people.csv",
    ]);
  });

  it("is believed when Authing says of each person that the factor is on", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", holders);
    const id = await run.upload(
      "otp",
      "otp.csv",
      `externalId,secret\n1,JBSWY3DPEHPK3PXP\n2,JBSWY3DPEHPK3PXP\n`,
    );
    expect(await summaryOf(run, id)).toMatchObject({ accepted: 2 });
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
      expect(await summaryOf(run, id), column).toMatchObject({ accepted: 1 });
    }
  });

  it("refuses what Authing would make other codes from, and people nobody knows", async () => {
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
nobody@example.com,JBSWY3DPEHPK3PXP,,,
`,
    );
    expect(await summaryOf(run, id)).toMatchObject({
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
    "comes along with its person, by %s, and again when the run is stopped in between",
    async (otp) => {
      const run = await journey({ config: defineConfig({ authing: { otp }, sources: {} }) });
      const ids = Array.from({ length: 60 }, (_, index) => index + 1);
      const rows = ids.map((id) =>
        JSON.stringify({ externalId: `${id}`, username: `p${id}`, otp: { secret: "jbsw y3dp ehpk 3pxp" } }),
      );
      const refused = { on: otp === "import" ? "import-otp" : "get-user-mfa-info" } as const;
      // Once more with the key that was read anew; then the chunk comes again.
      run.stack.sandbox?.script([
        { ...refused, fault: { kind: "unauthorized" } },
        { ...refused, fault: { kind: "unauthorized" } },
      ]);
      const id = await run.upload("users", "people.ndjson", `${rows.join("\n")}\n`);
      expect(run.log.some((line) => line.includes("chunk comes again"))).toBe(true);
      expect(await summaryOf(run, id)).toMatchObject({ accepted: 60, alreadyDone: 0, rejected: 0 });
      const users = run.stack.sandbox?.users() ?? [];
      expect(users).toHaveLength(60);
      for (const { userId } of users)
        expect(run.stack.sandbox?.otpOf(userId)).toEqual({ secret: "JBSWY3DPEHPK3PXP" });
      const imported = run.stack.sandbox?.requests.filter(({ operation }) => operation === "import-otp");
      // By inline, everybody has theirs from the call that made the account.
      expect(imported?.reduce((sum, { count }) => sum + count, 0)).toBe(otp === "import" ? 50 + 50 + 60 : 0);
    },
  );

  it("waits for people whose file is on its way", async () => {
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
    expect(await summaryOf(run, await people)).toMatchObject({ accepted: 60 });
    expect(await summaryOf(run, await secrets)).toMatchObject({
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
    expect(await summaryOf(run, id)).toMatchObject({ accepted: 1, rejected: 3 });
  });
});

describe("Authing's official client", () => {
  it("lists the people that webhooks and files brought, with their authenticators", async () => {
    const run = await journey();
    await run.send("bamboohr", {
      employees: [
        {
          id: "9",
          action: "Created",
          fields: {
            "First Name": { value: "三" },
            "Last Name": { value: "张" },
            "Work Email": { value: "z@example.com" },
          },
        },
      ],
    });
    await run.stack.settled();
    await run.upload("users", "people.csv", "externalId,email\n1,a@example.com\n");
    await run.upload("otp", "otp.csv", "externalId,secret\n1,JBSWY3DPEHPK3PXP\n");

    const current = run.secrets["authing"]?.current as { accessKeyId: string; accessKeySecret: string };
    const client = new ManagementClient({ ...current, host: run.stack.authingHost });
    const { data } = await client.listUsers({ options: { pagination: { page: 1, limit: 50 } } } as never);
    expect(data.list.map(({ externalId }) => externalId).toSorted()).toEqual(["1", "9"]);
    const mfa = await client.getUserMfaInfo({ userId: "1", userIdType: "external_id" } as never);
    expect(mfa.data.totpStatus).toBe("enabled");
  });
});
