import { describe, expect, it } from "vitest";
import { journey } from "./stack.ts";

const people = `工号,姓名,邮箱,手机
1,张三,zhang.san@example.com,13800138001
2,José Müller-Lüdenscheidt,jose@example.com,+49 1512 3456789
3,欧阳娜娜,not an address,1.38E+10
4,"𠮷田
春",haru@example.com,
`;

describe("a file of people", () => {
  it("creates people in Authing, and writes a line with every reason for each bad row", async () => {
    const run = await journey();
    const id = await run.upload("users", "人员 名单.csv", people);

    expect(await run.summary(id)).toMatchObject({
      state: "finished",
      details: { format: "csv", encoding: "utf-8", delimiter: "," },
      rows: 4,
      accepted: 3,
      rejected: 1,
    });
    expect(run.stack.sandbox?.users()).toMatchObject([
      { externalId: "1", name: "张三", phone: "13800138001", phoneCountryCode: "+86" },
      { externalId: "2", name: "José Müller-Lüdenscheidt", phone: "15123456789", phoneCountryCode: "+49" },
      { externalId: "4", name: "𠮷田 春" },
    ]);
    expect(await run.result(id, "rejected.csv")).toMatch(
      /^工号,姓名,邮箱,手机,row,reason\r\n3,欧阳娜娜,not an address,1\.38E\+10,line 4,"?邮箱: email-invalid \(.+\); 手机: phone-scientific \(.+\)"?\r\n$/,
    );
    const accepted = (await run.result(id, "accepted.ndjson"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(accepted).toMatchObject([
      {
        row: "line 2",
        outcome: "accepted",
        externalId: "1",
        userId: expect.stringMatching(/^[0-9a-f]{24}$/),
      },
      { row: "line 3", outcome: "accepted", externalId: "2" },
      { row: "line 5", outcome: "accepted", externalId: "4" },
    ]);
    expect((await run.person("1")).body.events).toMatchObject([
      { source: "uploads", id: `${id}/line 2`, proof: "bucket" },
    ]);
  });

  it("that is corrected and uploaded again imports only the rows that were rejected", async () => {
    const run = await journey();
    const first = await run.upload("users", "people.csv", people);
    const corrected = (await run.result(first, "rejected.csv"))
      .replace("not an address", "nana@example.com")
      .replace("1.38E+10", "13800138003");
    const second = await run.upload("users", "corrected.csv", corrected);
    expect(await run.summary(second)).toMatchObject({
      unusedColumns: [],
      rows: 1,
      accepted: 1,
      rejected: 0,
    });
    expect(run.stack.sandbox?.users()).toHaveLength(4);
  });

  it("that is uploaded again creates no second account", async () => {
    const run = await journey();
    await run.upload("users", "people.csv", people);
    const again = await run.upload("users", "people.csv", people);
    expect(await run.summary(again)).toMatchObject({ accepted: 0, alreadyDone: 3, rejected: 1 });
    expect(run.stack.sandbox?.users()).toHaveLength(3);
  });

  it("may be NDJSON, in either generation of Authing's fields", async () => {
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
    expect(await run.summary(id)).toMatchObject({
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
      // In GB18030 a Chinese name, in windows-1252 a Latin one: no header says which.
      [
        "names.csv",
        Buffer.from("name,email\n\xd5\xc5\xc8\xfd,a@example.com\n", "latin1"),
        "encoding-ambiguous",
      ],
      ["sheet.xlsx", Buffer.from("PK\x03\x04 and so on"), "file-damaged"],
      ["empty.csv", "", "file-is-empty"],
      ["twice.csv", "邮箱,email\na@example.com,b@example.com\n", "columns-ambiguous"],
    ];
    for (const [name, bytes, reason] of cases) {
      const summary = await run.summary(await run.upload("users", name, bytes));
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
    it(`is the only rejected record, where Authing's batches are ${batchMode}`, async () => {
      const run = await journey({ sandbox: { batchMode } });
      await run.upload("users", "before.csv", "externalId,email\nanother,p30@example.com\n");
      const before = run.stack.sandbox?.requests.length ?? 0;
      const id = await run.upload("users", "fifty.csv", fifty);

      expect(await run.summary(id)).toMatchObject({
        accepted: 49,
        alreadyDone: 0,
        rejected: 1,
        reasons: { "email: conflict": 1 },
      });
      expect(await run.result(id, "rejected.csv")).toContain(
        'e30,坏30,p30@example.com,line 32,"email: conflict',
      );
      expect((run.stack.sandbox?.requests.length ?? 0) - before).toBeLessThanOrEqual(1 + 12);
      expect(run.stack.sandbox?.users()).toHaveLength(50);
    });

    it(`that only Authing refuses is found by halving the batch, where batches are ${batchMode}`, async () => {
      const run = await journey({ sandbox: { batchMode, customFields: ["title"] } });
      const rows = Array.from({ length: 50 }, (_, index) => ({
        externalId: `e${index}`,
        email: `p${index}@example.com`,
        customData: index === 30 ? { unknown: "x" } : { title: "x" },
      }));
      const id = await run.upload("users", "fifty.ndjson", rows.map((row) => JSON.stringify(row)).join("\n"));
      expect(await run.summary(id)).toMatchObject({ accepted: 49, rejected: 1 });
      expect(run.stack.sandbox?.requests.length).toBeLessThanOrEqual(1 + Math.ceil(2 * Math.log2(50)) + 1);
    });
  }
});
