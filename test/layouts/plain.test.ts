import { describe, expect, test } from "vitest";
import {
  personColumnNames,
  secretColumnNames,
  secretColumnNamesOfPeople,
} from "#lib/layouts/column-names.ts";
import { mapColumns, meaningsOf, normalizedName } from "#lib/layouts/columns.ts";
import type { UploadKindName } from "#lib/layouts/layout.ts";
import { knowsColumn, plainReader } from "#lib/layouts/plain/index.ts";
import { growthOfEightfold, mostGrowth } from "../cpu-time.ts";
import * as fc from "../properties.ts";

const settings = (columns: Record<string, string> = {}) => ({ columns, fusionauthSecret: "base64" as const });

/** The entries of one row of a table, its fields as `column: value`. */
function table(
  kind: UploadKindName,
  columns: readonly string[],
  cells: readonly unknown[] = [],
  mapping: Record<string, string> = {},
) {
  const reader = plainReader(kind, columns, settings(mapping));
  const values = Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ""]));
  return { entries: reader.entries(values), unmapped: reader.unmapped(), notes: reader.notes() };
}

function json(
  kind: UploadKindName,
  rows: readonly Record<string, unknown>[],
  mapping: Record<string, string> = {},
) {
  const reader = plainReader(kind, undefined, settings(mapping));
  const entries = rows.flatMap((row) => reader.entries(row));
  return { entries, unmapped: reader.unmapped(), notes: reader.notes() };
}

const person = (columns: readonly string[], cells: readonly unknown[], mapping?: Record<string, string>) =>
  table("users", columns, cells, mapping).entries[0]!.fields;

describe("names of columns", () => {
  test.each([
    ["＊工号（必填）", "工号"],
    ["手机号（选填）", "手机号"],
    ["手机号【必填】", "手机号"],
    [" E-Mail Address [Required]", "emailaddress"],
    ["Email (optional)", "email"],
    ["Birthday (YYYY-MM-DD)", "birthday"],
    ["出生日期（yyyy/mm/dd）", "出生日期"],
    ["Period (seconds)", "period"],
    ["手机（11位）", "手机"],
    ["Email (private)", "email(private)"],
    ["\ufeffEmployee #", "employee#"],
    ["First_Name*", "firstname"],
    ["cognito:username", "cognito:username"],
  ])("%j is read as %s", (column, name) => {
    expect(normalizedName(column)).toBe(name);
  });

  test("no name means two fields, and every name is in the form in which it is looked up", () => {
    for (const names of [
      { ...personColumnNames, ...secretColumnNamesOfPeople },
      secretColumnNames,
    ] as const) {
      expect(() => meaningsOf<string>(names)).not.toThrow();
      for (const name of Object.values(names).flat(2)) expect(normalizedName(name)).toBe(name);
    }
    expect(() => meaningsOf({ a: [["x"]], b: [["x"]] })).toThrow(TypeError);
  });

  test("names of any kind cause no error", () => {
    const meanings = meaningsOf(personColumnNames);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (columns) => {
        const { names, unmapped, leftOut } = mapColumns(columns, (column) => meanings.get(column));
        expect(names.size + unmapped.length + leftOut.length).toBeLessThanOrEqual(columns.length);
      }),
    );
  });

  test("a header is known by its names and by the configuration", () => {
    const knows = knowsColumn("users", settings({ "Staff Ref": "externalId", 备注: "-" }));
    expect(["手机号", "staff ref", "备注", "totp_secret", "职位", ""].map(knows)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("a header", () => {
  test.each([
    ["users", ["邮箱", "Email"], "columns-ambiguous", "columns 邮箱, Email"],
    ["users", ["email", "email"], "columns-ambiguous", "columns email, email"],
    ["users", ["email", "状态", "账号是否被禁用"], "columns-ambiguous", "columns 状态, 账号是否被禁用"],
    ["users", ["email", "账号状态", "员工状态"], "columns-ambiguous", "columns 账号状态, 员工状态"],
    ["users", ["工号", "姓名"], "columns-unrecognized", "header"],
    ["users", ["张三", "a@example.com"], "columns-unrecognized", "header"],
    ["otp", ["email", "city"], "columns-unrecognized", "header"],
    ["otp", ["secret", "姓名"], "columns-unrecognized", "header"],
    ["otp", ["email", "secret", "密钥"], "columns-ambiguous", "columns secret, 密钥"],
  ] as const)("of %s with %s is refused as %s", (kind, columns, reason, path) => {
    expect(() => plainReader(kind, columns, settings())).toThrow(
      expect.objectContaining({ code: "malformed", reason, path, hint: expect.any(String) }),
    );
  });

  test.each([
    [["姓名", "邮箱", "手机", "电话"], "phone", "手机", "电话"],
    [["email", "Telephone", "Mobile Phone"], "phone", "Mobile Phone", "Telephone"],
    [["员工UserID", "工号", "邮箱"], "externalId", "员工UserID", "工号"],
    [["个人邮箱", "企业邮箱"], "email", "企业邮箱", "个人邮箱"],
    [["邮箱", "企业邮箱"], "email", "企业邮箱", "邮箱"],
    [["username", "login"], "username", "username", "login"],
    [["email", "Display Name", "Full Name"], "name", "Full Name", "Display Name"],
  ])("%s: the better known name for %s is %s", (columns, field, chosen, leftOut) => {
    const { entries, unmapped, notes } = table(
      "users",
      columns,
      columns.map((column) => `1 ${column}`),
    );
    expect(entries[0]!.fields[field]).toEqual({ value: `1 ${chosen}`, path: chosen });
    expect(unmapped).toEqual([]);
    expect(notes).toEqual([
      { column: chosen, code: "column-chosen" },
      { column: leftOut, code: "column-left-out" },
    ]);
  });

  test("a URI goes before a bare secret, since it holds its settings", () => {
    const { entries, notes } = table("otp", ["email", "secret", "otpauth_uri"], ["a@example.com", "x", "y"]);
    expect(entries[0]!.fields["secret"]).toEqual({ value: "y", path: "otpauth_uri" });
    expect(notes).toContainEqual({ column: "secret", code: "column-left-out" });
  });

  test("columns that are no field of ours are told, land lines and job titles among them", () => {
    const columns = ["工号", "邮箱", "职位", "座机", "", "id", "period"];
    expect(table("users", columns).unmapped).toEqual(["职位", "座机", "id", "period"]);
  });
});

describe("the configuration of columns", () => {
  test("goes before the names that are known, and compares them leniently", () => {
    const fields = person(
      ["Staff Ref*", "工号", "email", "Phone", "Mobile"],
      ["7", "8", "a@b.example", "1", "2"],
      {
        "staff-ref": "externalId",
        Phone: "phone",
      },
    );
    expect(fields["externalId"]).toEqual({ value: "7", path: "Staff Ref*" });
    expect(fields["phone"]).toEqual({ value: "1", path: "Phone" });
  });

  test("makes custom fields, of filled cells only and without what cannot be seen", () => {
    const mapping = { 职位: "customData.title", 备注: "customData.note", 楼层: "customData.floor" };
    const fields = person(
      ["email", "职位", "备注", "楼层"],
      ["a@b.example", " 经理\u200b", "", "'3"],
      mapping,
    );
    expect(fields["customData"]).toEqual({ value: { title: "经理", floor: "3" }, path: "职位, 楼层" });
  });

  test("adds custom fields to those of a JSON row", () => {
    const { entries } = json("users", [{ email: "a@b.example", customData: { team: "x" }, level: 3 }], {
      level: "customData.level",
    });
    expect(entries[0]!.fields["customData"]).toEqual({
      value: { team: "x", level: 3 },
      path: "customData, level",
    });
  });

  test("leaves columns out on purpose", () => {
    const { unmapped, notes, entries } = table(
      "users",
      ["邮箱", "Email", "状态", "激活状态"],
      ["a", "b", "c"],
      {
        邮箱: "-",
        激活状态: "-",
      },
    );
    expect(entries[0]!.fields).toEqual({
      email: { value: "b", path: "Email" },
      status: { value: "c", path: "状态" },
    });
    expect([unmapped, notes]).toEqual([[], []]);
  });

  test("finds paths in a JSON row", () => {
    const row = { profile: { mail: "a@b.example" }, phones: [{ value: "1" }], "x.y": "7", shoe: 1 };
    const { entries, unmapped } = json("users", [row], {
      "profile.mail": "email",
      "phones[0].value": "phone",
      "x.y": "externalId",
      "Name [Required": "name",
    });
    expect(entries[0]!.fields).toEqual({
      externalId: { value: "7", path: "x.y" },
      email: { value: "a@b.example", path: "profile.mail" },
      phone: { value: "1", path: "phones[0].value" },
    });
    expect(unmapped).toEqual(["shoe"]);
  });

  test("a field of people is none of a file of secrets", () => {
    const { entries, unmapped } = table("otp", ["email", "secret", "岗位"], ["a", "b", "c"], {
      岗位: "customData.title",
    });
    expect(Object.keys(entries[0]!.fields)).toEqual(["email", "secret"]);
    expect(unmapped).toEqual(["岗位"]);
  });

  test("a target that is no field of ours is a mistake in the configuration", () => {
    expect(() => plainReader("users", ["email"], settings({ a: "jobTitle" }))).toThrow(
      expect.objectContaining({ code: "misconfigured", reason: "columns-setting-unknown" }),
    );
  });
});

describe("a row of people", () => {
  test.each([
    ["'00123", "00123"],
    ["'=cmd", "=cmd"],
    ["'t Hooft", "'t Hooft"],
    ["O'Brien", "O'Brien"],
  ])("loses the apostrophe of a spreadsheet: %s is %s", (written, username) => {
    expect(person(["username"], [written])["username"]?.value).toBe(username);
  });

  test("keeps the apostrophe of a password", () => {
    expect(person(["username", "密码"], ["a", "'1234"])["password"]?.value).toBe("'1234");
  });

  test.each([
    ["secret-1", "", undefined],
    ["", "$2b$hash", undefined],
    ["secret-1", "$2b$hash", [{ column: "password_hash", code: "password-and-hash" }]],
  ])("may have a password or a hash: %s, %s", (password, hash, problems) => {
    const columns = ["email", "password", "password_hash"];
    const [entry] = table("users", columns, ["a@example.com", password, hash]).entries;
    expect(entry?.problems).toEqual(problems);
  });

  test("brings a secret where the cell of one is filled", () => {
    const columns = ["工号", "邮箱", "手机", "姓名", "totp_secret", "恢复码", "digits", "type"];
    const cells = ["7", "a", "1", "李雷", "GEZD", "b471", "6"];
    const { entries } = table("users", columns, [...cells, "staff"]);
    expect(entries.map(({ kind, part, fields }) => [kind, part, Object.keys(fields)])).toEqual([
      ["person", undefined, ["externalId", "email", "phone", "name"]],
      ["secret", "secret", ["externalId", "email", "phone", "secret", "recoveryCode", "digits"]],
    ]);
    expect(table("users", columns, [...cells, "HOTP"]).entries[1]!.fields["type"]?.value).toBe("HOTP");
    expect(table("users", columns, ["7", "a"]).entries).toHaveLength(1);
  });

  test.each(["digits", "位数", "周期（秒）", "timer", "算法", "movingFactor"])(
    "brings what describes its secret, by every name: %s",
    (column) => {
      const [, secret] = table("users", ["email", "totp_secret", column], ["a", "GEZD", "8"]).entries;
      expect(Object.values(secret!.fields)).toContainEqual({ value: "8", path: column });
    },
  );

  test("brings the secret that a JSON row nests", () => {
    const otp = { secret: "GEZD", recoveryCode: "b471" };
    const { entries, unmapped } = json("users", [{ email: "a@example.com", otp, customData: { otp: 1 } }]);
    expect(entries).toEqual([
      {
        kind: "person",
        fields: {
          email: { value: "a@example.com", path: "email" },
          customData: { value: { otp: 1 }, path: "customData" },
        },
      },
      {
        kind: "secret",
        part: "secret",
        fields: {
          email: { value: "a@example.com", path: "email" },
          secret: { value: "GEZD", path: "otp.secret" },
          recoveryCode: { value: "b471", path: "otp.recoveryCode" },
        },
      },
    ]);
    expect(unmapped).toEqual([]);
  });
});

describe("a row of secrets", () => {
  test("is one secret, always", () => {
    expect(table("otp", ["工号", "密钥"], ["7", ""]).entries).toEqual([
      {
        kind: "secret",
        fields: { externalId: { value: "7", path: "工号" }, secret: { value: "", path: "密钥" } },
      },
    ]);
  });

  test("may nest it as Authing's API does", () => {
    const { entries } = json("otp", [{ userId: "u", otp: { secret: "GEZD", recoveryCode: "b471" } }]);
    expect(entries[0]!.fields).toEqual({
      userId: { value: "u", path: "userId" },
      secret: { value: "GEZD", path: "otp.secret" },
      recoveryCode: { value: "b471", path: "otp.recoveryCode" },
    });
  });
});

describe("JSON rows", () => {
  test("name their own columns, and what is unused is told once for all", () => {
    const { unmapped, notes, entries } = json("users", [
      { email: "a@example.com", shoe: 1 },
      { mail: "b@example.com", hat: 1, 手机: "1", 电话: "2" },
    ]);
    expect(entries.map(({ fields }) => fields["email"]?.path)).toEqual(["email", "mail"]);
    expect(unmapped).toEqual(["shoe", "hat"]);
    expect(notes.map(({ column }) => column)).toEqual(["手机", "电话"]);
  });

  test("with two columns for one field are refused, each for itself", () => {
    const { entries } = json("users", [{ 邮箱: "a@example.com", email: "b@example.com" }, { email: "c" }]);
    expect(entries.map(({ problems }) => problems)).toEqual([
      [{ column: "邮箱", code: "columns-ambiguous" }],
      undefined,
    ]);
  });

  test("of any kind give entries, and what is told stays small", () => {
    const name = fc.oneof(
      fc.constantFrom("email", "otp", "customData", "__proto__", "constructor", "password", "手机", "电话"),
      fc.string(),
    );
    const rows = fc.array(fc.dictionary(name, fc.jsonValue()), { maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom("users", "otp"), rows, (kind, all) => {
        const reader = plainReader(kind, undefined, settings({ "a.b": "email", x: "customData.x", y: "-" }));
        for (const row of all) expect(reader.entries(row).length).toBeGreaterThan(0);
        expect(reader.unmapped().length).toBeLessThanOrEqual(100);
      }),
    );
  });

  test("with many columns for one field take no quadratic time", () => {
    /** Names that differ, and all mean `email`. */
    const nameOf = (index: number) =>
      `e${index.toString(2).padStart(17, "0").replaceAll("0", "-").replaceAll("1", " ")}mail`;
    const growth = growthOfEightfold((share) => {
      const row = Object.fromEntries(
        Array.from({ length: 12_500 * share }, (_, index) => [nameOf(index), 1]),
      );
      return () => json("users", [row]);
    });
    expect(growth).toBeLessThan(mostGrowth);
  });
});
