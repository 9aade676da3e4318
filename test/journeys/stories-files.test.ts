import { describe, expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { encoderOf } from "#lib/formats/encode.ts";
import { base32Of, codeAt, holdersFile, invalidSecrets, type Holder } from "../uploads/holders.ts";
import { journey, type Journey } from "./stack.ts";

const gb18030 = encoderOf("gb18030");
const readGb18030 = (bytes: Uint8Array) => new TextDecoder("gb18030", { fatal: true }).decode(bytes);

/** As Excel saves it in China: a ragged row on line 5, a line break in a cell on line 6, one 工号 on lines 8 and 10, a broken number on line 9. */
const spreadsheet = [
  "工号,姓名,手机,邮箱,部门",
  "20001,张三,13900010001,zhang.san@example.com,研发",
  "20002,李昇,13900010002,li.sheng@example.com,研发",
  "20003,𠮷田春,13900010003,jitian@example.com,市场",
  "20004,欧阳娜娜,13900010004,ouyang@example.com",
  '20006,"赵六\n（销售）",13900010006,zhao.liu@example.com,市场',
  "20005,王五,13900010005,wang.wu@example.com,研发",
  "20007,孙七,1.38E+10,sun.qi@,研发",
  "20005,王五,13900010015,wang.wu@example.com,研发",
  ",,,,",
  "",
  "",
].join("\r\n");

describe("a CSV of Excel in GBK with bad rows", () => {
  const accepted = ["20001", "20002", "20003", "20006", "20005"];

  it("brings all but the bad rows, and those once they are mended in the file of rejected rows", async () => {
    const run = await journey();
    const first = await run.upload("users", "员工.csv", gb18030(spreadsheet));
    expect(await run.summary(first)).toMatchObject({
      state: "finished",
      details: { format: "csv", encoding: "gb18030", delimiter: "," },
      rows: 8,
      accepted: 5,
      alreadyDone: 1,
      differing: 1,
      rejected: 2,
      reasons: { "columns-missing": 1, "手机: phone-scientific": 1, "邮箱: email-invalid": 1 },
      notes: { "姓名: breaks-replaced": 1, "部门: department-unmapped": 6 },
    });
    expect(people(run).map(({ externalId }) => externalId)).toEqual(accepted);
    expect(people(run).map(({ name }) => name)).toEqual(["张三", "李昇", "𠮷田春", "赵六 （销售）", "王五"]);
    expect(await linesOf(run, first)).toEqual([
      "line 2 accepted",
      "line 3 accepted",
      "line 4 accepted",
      "line 6 accepted",
      "line 8 accepted",
      "line 10 already-done",
    ]);

    const rejected = readGb18030(await run.resultBytes(first, "rejected.csv"));
    const [header, ...rows] = rejected.trimEnd().split("\r\n");
    expect(header).toBe("工号,姓名,手机,邮箱,部门,row,reason");
    expect(rows).toEqual([
      expect.stringMatching(/^20004,欧阳娜娜,13900010004,ouyang@example\.com,line 5,"?columns-missing/),
      expect.stringMatching(
        /^20007,孙七,1\.38E\+10,sun\.qi@,研发,line 9,"?邮箱: email-invalid.*手机: phone-scientific/,
      ),
    ]);

    const mended = rejected
      .replace("ouyang@example.com,line", "ouyang@example.com,市场,line")
      .replace("1.38E+10", "13900010007")
      .replace("sun.qi@", "sun.qi@example.com");
    const requests = run.stack.sandbox?.requests.length ?? 0;
    const second = await run.upload("users", "rejected.csv", gb18030(mended));
    expect(await run.summary(second)).toMatchObject({
      details: { encoding: "gb18030" },
      rows: 2,
      accepted: 2,
      rejected: 0,
    });
    expect((run.stack.sandbox?.requests.length ?? 0) - requests).toBe(1);
    expect(people(run).slice(accepted.length)).toMatchObject([
      { externalId: "20004", name: "欧阳娜娜", phone: "13900010004" },
      { externalId: "20007", name: "孙七", phone: "13900010007", email: "sun.qi@example.com" },
    ]);
  });
});

describe("the users of another identity provider, with hashes and TOTP secrets", () => {
  const count = 500;
  const config = defineConfig({ authing: { maxRequestsPerSecond: 1_000 }, sources: {} });
  const { text, holders } = holdersFile(count);
  const good = holders.filter(({ seed }) => seed !== undefined);

  it("come over as a preview foretells, each with the codes that the authenticator shows", async () => {
    const run = await journey({ config });
    const preview = await run.upload("users", "export.csv", text, "plan");
    const foretold = await run.summary(preview);
    const counts = {
      rows: count,
      people: { accepted: count, rejected: 0 },
      secrets: { accepted: 0.6 * count - 3, rejected: 3 },
      reasons: Object.fromEntries(invalidSecrets.map(({ reason }) => [`totp_secret: ${reason}`, 1])),
    };
    expect(foretold).toMatchObject({ state: "previewed", ...counts });
    expect(foretold.estimate.requests).toBeGreaterThan(count / 50 + good.length);
    expect(foretold.estimate.seconds).toBeGreaterThanOrEqual(1);
    const refused = (await run.result(preview, "rejected.csv")).trimEnd().split("\r\n").slice(1);
    expect(refused.map((line) => /,(line \d+),/.exec(line)?.[1])).toEqual(
      holders.flatMap(({ isInvalid }, index) => (isInvalid ? `line ${index + 2}` : [])),
    );
    expect(writes(run)).toBe(0);
    expect(people(run)).toEqual([]);
    expect((await run.person(holders[0]?.externalId ?? "")).body.userId).toBeUndefined();

    const before = run.stack.sandbox?.requests.length ?? 0;
    const id = await run.upload("users", "export.csv", text);
    const summary = await run.summary(id);
    expect(summary).toMatchObject({ state: "finished", ...counts });
    const sent = (run.stack.sandbox?.requests.length ?? 0) - before;
    expect(sent / foretold.estimate.requests).toBeGreaterThan(0.95);
    expect(sent / foretold.estimate.requests).toBeLessThan(1.1);

    expect(people(run)).toHaveLength(count);
    for (const [index, { userId, externalId }] of people(run).entries()) {
      const holder = holders[index] as Holder;
      expect(externalId).toBe(holder.externalId);
      expect(run.stack.sandbox?.passwordOf(userId)).toMatchObject({
        password: holder.hash,
        keepPassword: true,
      });
      const stored = run.stack.sandbox?.otpOf(userId);
      expect(stored?.recoveryCode).toBe(holder.seed && holder.recoveryCode);
      const codes = moments.map((moment) => stored && codeAt(stored.secret, moment));
      expect(codes).toEqual(moments.map((moment) => holder.seed && codeAt(holder.seed, moment)));
    }
    await expectNoSecrets(run, [preview, id]);
  });

  /** Checks all that is told, stored and logged of the imports. */
  async function expectNoSecrets(run: Journey, ids: readonly string[]): Promise<void> {
    const files = ["summary.json", "accepted.ndjson", "rejected.csv", "report.html", "progress.json"];
    expect(run.stack.objects.keys("rows/")).toEqual([]);
    const told = [
      ...(await Promise.all(ids.flatMap((id) => files.map((file) => run.result(id, file))))),
      ...run.log,
      JSON.stringify(run.stack.ledger.recent(2 * count + 10)),
    ]
      .join("\n")
      .toLowerCase();
    expect(told).toContain(holders[0]?.externalId);
    const secrets = holders.flatMap(({ written, seed, hash, recoveryCode }) => [
      ...(written?.match(/[A-Za-z2-7]{16,}/g) ?? []),
      written ?? hash,
      seed ? base32Of(seed) : hash,
      hash,
      recoveryCode ?? hash,
    ]);
    expect(secrets.filter((secret) => told.includes(secret.toLowerCase()))).toEqual([]);
  }
});

const moments = [59, 1_111_111_109, 1_700_000_000, 20_000_000_000].map((seconds) => seconds * 1000);

const people = (run: Journey) => run.stack.sandbox?.users() ?? [];

/** How many requests changed anything at Authing. */
const writes = (run: Journey) =>
  run.stack.sandbox?.requests.filter(({ operation }) => !operation.startsWith("get-")).length;

/** `line 2 accepted` of each line of accepted.ndjson. */
async function linesOf(run: Journey, id: string): Promise<string[]> {
  return (await run.result(id, "accepted.ndjson"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { row: string; outcome: string })
    .map(({ row, outcome }) => `${row} ${outcome}`);
}
