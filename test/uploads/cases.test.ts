import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CreateUserBatchReqDto } from "#lib/authing/dto.ts";
import { openImports, type Imports } from "./imports.ts";

// Files that went wrong (cases/README.md): what must come out of each, at Authing and in the results.

const folder = join(import.meta.dirname, "cases");
const files = readdirSync(folder).filter((name) => name !== "README.md" && !name.endsWith(".seed.json"));

/** A case after its import, and what became of it. */
interface ImportedCase {
  readonly run: Imports;
  readonly summary: ReturnType<Imports["results"]>["summary"];
  readonly accepted: readonly Readonly<Record<string, unknown>>[];
  /** The file of rejected rows, as it would be uploaded again. */
  readonly rejected: string;
}

/** Imports a file of the folder, into a pool with the people who are at Authing before. */
async function importCase(name: string): Promise<ImportedCase> {
  const run = openImports({ chunkSize: { rows: 1000, bytes: 1_000_000 } });
  const seed = join(folder, name.replace(/\.\w+$/, ".seed.json"));
  if (existsSync(seed)) {
    const list = JSON.parse(readFileSync(seed, "utf8")) as CreateUserBatchReqDto["list"];
    await run.pool.connect(undefined as never).createUsersBatch({ list });
  }
  return importInto(run, name, readFileSync(join(folder, name)));
}

async function importInto(run: Imports, name: string, content: string | Uint8Array): Promise<ImportedCase> {
  const id = run.upload(name.startsWith("otp-") ? "otp" : "users", name, content);
  await run.settle();
  return { run, ...run.results(id) };
}

const peopleOf = ({ run }: ImportedCase) => run.pool.users();
const outcomes = ({ accepted }: ImportedCase) => accepted.map(({ row, outcome }) => `${row} ${outcome}`);

const cases: Readonly<Record<string, (given: ImportedCase) => void | Promise<void>>> = {
  "password-hashes.csv"(given) {
    expect(given.summary).toMatchObject({ rejected: 5, reasons: { "password: password-looks-hashed": 5 } });
    expect(given.rejected).not.toMatch(/B76ABEA4|b76abea4|\$2a\$|\$P\$|t2q/);
    expect(peopleOf(given)).toEqual([]);
  },

  "same-people-twice.csv"(given) {
    expect(outcomes(given)).toEqual([
      "line 2 accepted",
      "line 3 accepted",
      "line 4 already-done",
      "line 5 already-done",
    ]);
    expect(given.accepted[2]).toMatchObject({ differs: ["username", "email", "name"] });
    expect(given.summary).toMatchObject({ accepted: 2, alreadyDone: 2, differing: 2 });
    expect(peopleOf(given)).toMatchObject([
      { externalId: "TW-1", username: "tw1", email: "tw1@cases.example.com", name: "戚一" },
      { externalId: "TW-2", username: "tw2", email: "tw2@cases.example.com", name: "戚二" },
    ]);
  },

  async "reupload-password.csv"({ run, summary, rejected }) {
    expect(summary).toMatchObject({ rejected: 1, reasons: { "phone: phone-invalid": 1 } });
    expect(rejected).not.toContain("Start-Horse-11");
    const mended = rejected.replace(",123,", ",19900050063,");
    const again = await importInto(run, "mended.csv", mended);
    expect(again.summary).toMatchObject({ rejected: 1, reasons: { "password: password-removed": 1 } });
    expect(peopleOf(again)).toEqual([]);

    const whole = again.rejected.replace("<removed>", "Start-Horse-11");
    const last = await importInto(run, "whole.csv", whole);
    expect(last.summary).toMatchObject({ accepted: 1, rejected: 0 });
    const [person] = peopleOf(last);
    expect(person).toMatchObject({
      externalId: "PW-1",
      phone: "19900050063",
      resetPasswordOnNextLogin: true,
    });
    expect(run.pool.factorsOf(person?.userId ?? "").password).toMatchObject({ password: "Start-Horse-11" });
  },

  async "reupload-ragged.csv"(given) {
    const refused = { rows: 2, rejected: 2, reasons: { "columns-missing": 1, "columns-extra": 1 } };
    expect(given.summary).toMatchObject(refused);
    for (let content = given.rejected, time = 0; time < 3; time += 1) {
      const again = await importInto(given.run, `again-${time}.csv`, content);
      expect(again.summary).toMatchObject(refused);
      content = again.rejected;
    }
    expect(peopleOf(given)).toEqual([]);
  },

  async "reupload-ndjson.ndjson"({ run, summary, rejected }) {
    expect(summary).toMatchObject({ rejected: 1, reasons: { "email: email-invalid": 1 } });
    const again = await importInto(
      run,
      "mended.ndjson",
      rejected.replace('"bad"', '"ge.yi@cases.example.com"'),
    );
    expect(again.summary).toMatchObject({ rows: 1, accepted: 1, rejected: 0 });
    expect(peopleOf(again)).toMatchObject([
      { externalId: "ND-1", name: "葛一", email: "ge.yi@cases.example.com" },
    ]);
  },

  "auth0-csv-export.csv"(given) {
    expect(given.summary).toMatchObject({ accepted: 1, details: { layout: "auth0" } });
    expect(peopleOf(given)).toMatchObject([
      { externalId: "auth0|0a1b", email: "qiu.yi@cases.example.com", name: "仇一", username: "qiuyi" },
    ]);
  },

  "zero-width.csv"(given) {
    expect(given.summary).toMatchObject({
      accepted: 3,
      rejected: 1,
      reasons: { "email: email-ambiguous": 1 },
      notes: {
        "email: invisible-removed": 1,
        "externalId: invisible-removed": 1,
        "name: invisible-removed": 1,
      },
    });
    expect(peopleOf(given)).toMatchObject([
      { externalId: "ZW-1", username: "zw1", name: "孟一", email: "meng.yi@cases.example.com" },
      { externalId: "00123", username: "zw2", name: "孟二", email: "meng.er@cases.example.com" },
      { externalId: "ZW-4", username: "zw4", email: "meng.si@cases.example.com" },
    ]);
    expect(JSON.stringify(peopleOf(given))).not.toMatch(/\p{Default_Ignorable_Code_Point}|\u202D/u);
    expect(peopleOf(given)[2]).not.toHaveProperty("name");
  },

  "sheet-errors.csv"(given) {
    expect(given.summary).toMatchObject({
      rejected: 3,
      alreadyDone: 0,
      reasons: { "工号: sheet-error": 2, "姓名: sheet-error": 2 },
    });
    expect(peopleOf(given)).toEqual([]);
  },

  "gitlab-state.csv"(given) {
    expect(given.summary).toMatchObject({ accepted: 1, details: { layout: "gitlab" } });
    const [person] = peopleOf(given);
    expect(person).toMatchObject({ username: "gs1", name: "云一", status: "Suspended" });
    expect(person).not.toHaveProperty("province");
  },

  "inner-breaks.csv"(given) {
    expect(given.summary).toMatchObject({
      rejected: 2,
      reasons: { "工号: break-inside": 1, "用户名: break-inside": 1 },
    });
    expect(peopleOf(given)).toEqual([]);
  },

  "departments.csv"(given) {
    expect(given.summary).toMatchObject({ accepted: 1, notes: { "部门: department-unmapped": 1 } });
    expect(peopleOf(given)).toMatchObject([{ externalId: "DP-1", name: "苗一", departmentIds: [] }]);
  },

  "otp-raivo.ndjson"(given) {
    expect(given.summary).toMatchObject({
      secrets: { accepted: 1, rejected: 2 },
      details: { layout: "raivo" },
      reasons: { "timer: period-unsupported": 2, "kind: type-unsupported": 1 },
    });
    expect(otpOf(given)).toEqual([
      ["rv1", "SYYY2B6ZNIBZAIPEFXDI32XI27LVMSNT"],
      ["rv2", undefined],
      ["rv3", undefined],
    ]);
    expect(given.rejected).not.toMatch(/AEICW3RI|KYDTQI7S/);
  },

  "otp-recovery-codes.csv"(given) {
    expect(given.summary).toMatchObject({
      secrets: { accepted: 2, rejected: 2 },
      reasons: { "recoveryCode: recovery-code-damaged": 2 },
      notes: {
        "recoveryCode: recovery-code-hashed": 1,
        "recoveryCode: recovery-code-first-of-several": 1,
      },
    });
    expect(otpOf(given)).toEqual([
      ["rh1", "UQTPIMT2RXC26E7OGJO5AZ2DYYZD33BE"],
      ["rh2", "ZBO3FXFOOTYLATVGHJ2H2SXNNJTZO7FQ"],
      ["rh3", undefined],
      ["rh4", undefined],
    ]);
    expect(
      given.run.pool.users().map(({ userId }) => given.run.pool.factorsOf(userId).otp?.recoveryCode),
    ).toEqual([undefined, "aaaa-1111", undefined, undefined]);
  },

  "excel-16-rows.csv"(given) {
    expect(given.summary).toMatchObject({ rows: 18, accepted: 18, rejected: 0 });
    expect(peopleOf(given).map(({ externalId }) => externalId)).toEqual(
      Array.from({ length: 18 }, (_, index) => `XL-${index + 1}`),
    );
  },

  "mobile-and-phone.csv"(given) {
    expect(given.summary).toMatchObject({
      accepted: 1,
      columnNotes: ["手机: column-chosen", "电话: column-left-out"],
    });
    expect(peopleOf(given)).toMatchObject([
      { name: "苗一", phone: "19900050061", email: "miao.yi2@cases.example.com" },
    ]);
  },

  "dingtalk-template.csv"(given) {
    expect(given.summary).toMatchObject({
      accepted: 1,
      details: { layout: "dingtalk" },
      notes: { "工号: column-left-out": 1 },
    });
    expect(peopleOf(given)).toMatchObject([
      {
        externalId: "manager001",
        name: "方一",
        phone: "19900050062",
        email: "fang.yi@cases.example.com",
        gender: "M",
      },
    ]);
  },

  "birthdate-with-time.csv"(given) {
    expect(given.summary).toMatchObject({ accepted: 1 });
    expect(peopleOf(given)).toMatchObject([{ externalId: "BT-1", birthdate: "1990-05-17" }]);
  },
};

const otpOf = ({ run }: ImportedCase) =>
  run.pool.users().map(({ username, userId }) => [username, run.pool.otpOf(userId)]);

describe("a file that went wrong", () => {
  it.each(files)("comes out right: %s", async (name) => {
    const expectOf = cases[name];
    expect(expectOf, "the case says what must come out").toBeDefined();
    await expectOf?.(await importCase(name));
  });
});
