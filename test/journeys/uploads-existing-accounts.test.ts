import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { journey } from "./stack.ts";

// A file of users creates people. It never changes how an existing account signs in, nor whether it may.

const secret = "6OJPTXGY5YGKGU3AZXA4JYHBM3QJQKNL";
const other = "ZL4KBUHQGDYC7ZQZJ4PGQF6JXEHXH7VQ";
const own = { externalId: "E1", username: "root", email: "root@example.com", phone: "13800138000" };

describe.each(["import", "inline"] as const)("with secrets sent by %s, an existing account", (otp) => {
  it.each([
    ["our id", { ...own }],
    ["its externalId and no other field in common", { externalId: "E1", email: "new@example.com" }],
    ["its address, without an externalId", { email: "Root@example.com" }],
    ["its address, with another externalId", { externalId: "E2", email: "root@example.com" }],
    ["its phone, without an externalId", { phone: "+86 138-0013-8000" }],
    ["its username, without an externalId", { username: "root" }],
  ])("keeps its second factor, password and status, when a row has %s", async (_, named) => {
    const run = await journey({ config: defineConfig({ authing: { otp }, sources: { bamboohr: {} } }) });
    const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const first = { ...own, name: "Root", password: "first-password", otp: { secret } };
    expect(await run.summary(await run.upload("users", "people.ndjson", lines(first)))).toMatchObject({
      people: { accepted: 1 },
      secrets: { accepted: 1 },
    });
    const pool = run.stack.sandbox;
    const [before] = pool?.users() ?? [];
    const userId = before?.userId ?? "";

    const row = { ...named, password: "other-password", status: "Suspended", otp: { secret: other } };
    const ids = [
      await run.upload("users", "again.ndjson", lines(row)),
      await run.upload("users/bamboohr", "again.ndjson", lines(row)),
    ];
    for (const id of ids) {
      const summary = await run.summary(id);
      expect(summary).toMatchObject({ accepted: 0, secrets: { rejected: 1 } });
      expect(Object.keys(summary.reasons).join()).toMatch(/user-exists|user-not-created/);
    }
    expect(pool?.users()).toEqual([before]);
    expect(pool?.otpOf(userId)).toEqual({ secret });
    expect(pool?.passwordOf(userId)).toMatchObject({ password: "first-password" });
  });

  it("needs no change for a row with only a password and a status, which are not used", async () => {
    const run = await journey({ config: defineConfig({ authing: { otp }, sources: {} }) });
    await run.upload(
      "users",
      "people.csv",
      "externalId,email,password\nE1,root@example.com,first-password\n",
    );
    const [before] = run.stack.sandbox?.users() ?? [];
    const id = await run.upload(
      "users",
      "again.csv",
      "externalId,email,password,status\nE1,root@example.com,other-password,Suspended\n",
    );
    expect(await run.summary(id)).toMatchObject({ accepted: 0, alreadyDone: 1, rejected: 0 });
    expect(run.stack.sandbox?.users()).toEqual([before]);
    expect(run.stack.sandbox?.passwordOf(before?.userId ?? "")).toMatchObject({ password: "first-password" });
  });
});

describe("a row with other values than an existing account", () => {
  it("is counted and shown in the report, and changes nothing", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", "externalId,name,email\nE1,Root,root@example.com\n");
    const [before] = run.stack.sandbox?.users() ?? [];
    const id = await run.upload(
      "users",
      "again.csv",
      "externalId,name,email,city\nE1,王大明,root@example.com,\nE1,Root,root@example.com,杭州\n",
    );
    expect(await run.summary(id)).toMatchObject({
      alreadyDone: 2,
      differing: 2,
      notes: { "account-differs": 2 },
    });
    const [line = ""] = (await run.result(id, "accepted.ndjson")).split("\n");
    expect(JSON.parse(line)).toMatchObject({ entry: "person", outcome: "already-done", differs: ["name"] });
    expect(await run.result(id, "report.html")).toMatch(
      /account-differs[^]+账号保持不变[^]+line 2[^]+王大明/,
    );
    expect(run.stack.sandbox?.users()).toEqual([before]);
  });
});

describe("a row that changes an existing account", () => {
  const config = defineConfig({ uploads: { existing: "update" }, sources: { bamboohr: {}, clerk: {} } });
  const first = "externalId,name,email,password\nE1,Root,root@example.com,first-password\n";

  it.each([
    ["password", "other-password"],
    ["passwordHash", "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"],
  ])(
    "gives it the cells that are filled, and leaves %s and second factor as they are",
    async (column, cell) => {
      const run = await journey({ config });
      await run.upload("users", "people.csv", first);
      const userId = run.stack.sandbox?.users()[0]?.userId ?? "";
      await run.upload("otp", "otp.csv", `externalId,secret\nE1,${secret}\n`);
      const row = `externalId,name,email,city,${column},totp_secret\nE1,,root@example.com,杭州,${cell},${other}\n`;
      const summary = await run.summary(await run.upload("users", "again.csv", row));
      expect(summary).toMatchObject({
        people: { accepted: 1, updated: 1 },
        secrets: { rejected: 1 },
        reasons: { "user-exists": 1 },
      });
      const [line = ""] = (await run.result(summary.import, "accepted.ndjson")).split("\n");
      expect(JSON.parse(line)).toMatchObject({
        entry: "person",
        outcome: "accepted",
        reason: "updated",
        userId,
      });
      expect(await run.result(summary.import, "report.html")).toContain("其中更新了已有账号");
      expect(run.stack.sandbox?.users()).toMatchObject([{ name: "Root", city: "杭州" }]);
      expect(run.stack.sandbox?.passwordOf(userId)).toMatchObject({ password: "first-password" });
      expect(run.stack.sandbox?.otpOf(userId)).toEqual({ secret });
    },
  );

  it("goes to Authing with others; one that is refused costs the others a few calls, and rows of one person keep their order", async () => {
    const run = await journey({ config });
    const row = (index: number, city: string, username = "") =>
      `E${index},Root,root${index}@example.com,${city},${username}\n`;
    const rows = (city: string, username: string, of: number) =>
      Array.from({ length: 40 }, (_, index) => row(index, city, index === of ? username : ""));
    const head = "externalId,name,email,city,username\n";
    await run.upload("users", "people.csv", [head, ...rows("", "taken", 8)].join(""));
    const pool = run.stack.sandbox;
    const before = pool?.requests.length ?? 0;
    const lines = [head, ...rows("杭州", "taken", 7), row(3, "上海")];
    const summary = await run.summary(await run.upload("users", "again.csv", lines.join("")));
    expect(summary.reasons).toEqual({ "username: conflict": 1 });
    expect(summary).toMatchObject({ people: { accepted: 40, updated: 40, rejected: 1 } });
    const calls = pool?.requests.slice(before).map(({ operation }) => operation) ?? [];
    expect(calls).toContain("update-user-batch");
    expect(calls.length).toBeLessThanOrEqual(16);
    const cities = Object.fromEntries(
      (pool?.users() ?? []).map(({ externalId, city }) => [externalId, city]),
    );
    expect(cities).toMatchObject({ E0: "杭州", E3: "上海", E39: "杭州" });
    expect(cities["E7"]).toBeUndefined();
  });

  it("is rejected where another source brought the person", async () => {
    const run = await journey({ config });
    await run.upload("users/clerk", "people.csv", first);
    const [before] = run.stack.sandbox?.users() ?? [];
    const row = "externalId,name,email\nE1,Other,root@example.com\n";
    const summary = await run.summary(await run.upload("users/bamboohr", "again.csv", row));
    expect(summary).toMatchObject({ rejected: 1, reasons: { "person-of-another-source": 1 } });
    expect(run.stack.sandbox?.users()).toEqual([before]);
  });
});

describe("a source whose people were created by a file", () => {
  const employee = (action: string, fields: object) => ({
    employees: [
      { id: "1001", action, timestamp: new Date().toISOString(), changedFields: Object.keys(fields), fields },
    ],
  });
  const people = "externalId,name,email\n1001,Li Lei,li.lei@example.com\n";

  it.each([
    ["users/bamboohr", "杭州", "accepted"],
    ["users", undefined, "rejected"],
  ] as const)("by %s has its mover's city as %s", async (folder, city, outcome) => {
    const run = await journey();
    await run.upload(folder, "people.csv", people);
    await run.send("bamboohr", employee("Updated", { City: "杭州" }));
    await run.stack.settled();
    const { body } = await run.person("1001");
    expect(body.events.at(-1).outcome.kind).toBe(outcome);
    expect(run.stack.sandbox?.users()[0]?.city).toBe(city);
  });
});

describe("the same digits in two countries", () => {
  it("belong to two people: each gets their own secret", async () => {
    const run = await journey();
    const file = "username,phone\nchen,+86 13800138000\nsmith,+1 415-555-2671\n";
    await run.upload("users", "people.csv", file);
    const same = "username,phone,phoneCountryCode\njones,9123456789,+91\nroe,9123456789,+7\n";
    expect(await run.summary(await run.upload("users", "same.csv", same))).toMatchObject({ accepted: 2 });
    const secrets = `phone,phoneCountryCode,secret\n9123456789,+91,${secret}\n9123456789,+7,${other}\n4155552671,+1,${other}\n13800138000,,${secret}\n`;
    expect(await run.summary(await run.upload("otp", "otp.csv", secrets))).toMatchObject({ accepted: 4 });
    const secretOf = (username: string) => {
      const user = run.stack.sandbox?.users().find((each) => each.username === username);
      return run.stack.sandbox?.otpOf(user?.userId ?? "")?.secret;
    };
    expect(["jones", "roe", "smith", "chen"].map(secretOf)).toEqual([secret, other, other, secret]);
  });

  it("do not identify a person in the other country", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", "username,phone,phoneCountryCode\njones,9123456789,+91\n");
    const id = await run.upload("otp", "otp.csv", `phone,phoneCountryCode,secret\n9123456789,+7,${secret}\n`);
    expect(await run.summary(id)).toMatchObject({ accepted: 0, reasons: { "phone: user-unknown": 1 } });
    const [jones] = run.stack.sandbox?.users() ?? [];
    expect(run.stack.sandbox?.otpOf(jones?.userId ?? "")).toBeUndefined();
  });
});
