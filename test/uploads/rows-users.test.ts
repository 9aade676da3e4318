import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openTable } from "#lib/formats/detect.ts";
import { fieldsByName, mapColumns, normalizedName } from "#lib/uploads/rows/columns.ts";
import { otpColumnNames, userColumnNames } from "#lib/uploads/rows/column-names.ts";
import { rowTranslator } from "#lib/uploads/rows/row-translator.ts";
import { users } from "#lib/uploads/rows/users.ts";

async function open(name: string, content: string) {
  async function* bytes() {
    yield Buffer.from(content);
  }
  const { rows, columns } = await openTable(name, bytes());
  return { rows, ...rowTranslator(users, columns, { region: "CN", departments: {}, customData: {} }) };
}

async function translated(name: string, content: string) {
  const upload = await open(name, content);
  const rows = (await Array.fromAsync(upload.rows)).map((row) => ({
    ...upload.translate(row),
    row: row.row,
    original: upload.redacted(row),
  }));
  return { rows, unmapped: upload.unmappedColumns(), columns: upload.columns };
}

const csvRow = async (columns: string, cells: string) =>
  (await translated("a.csv", `${columns}\n${cells}\n`)).rows[0]!;
const jsonRow = async (row: object) => (await translated("a.ndjson", JSON.stringify(row))).rows[0]!;
const codes = (problems: readonly { code: string; column?: string }[]) =>
  problems.map(({ column, code }) => (column === undefined ? code : `${column}: ${code}`));

describe("columns", () => {
  test.each([
    ["＊工号（必填）", "工号"],
    [" E-Mail Address [Required]", "emailaddress"],
    ["\ufeffEmployee #", "employee#"],
    ["First_Name*", "firstname"],
    ["cognito:username", "cognito:username"],
  ])("%j is read as %s", (column, name) => {
    expect(normalizedName(column)).toBe(name);
  });

  test("no name means two fields, and every name is in the form in which it is looked up", () => {
    for (const aliases of [userColumnNames, otpColumnNames]) {
      expect(() => fieldsByName<string>(aliases)).not.toThrow();
      for (const name of Object.values(aliases).flat()) expect(normalizedName(name)).toBe(name);
    }
    expect(() => fieldsByName({ a: ["x"], b: ["x"] })).toThrow(TypeError);
  });

  test("the unknown ones are listed", async () => {
    const { unmapped } = await translated("a.csv", "工号,邮箱,鞋码,,id\n1,a@example.com,40,,9\n");
    expect(unmapped).toEqual(["鞋码", "id"]);
    const json = await translated(
      "a.ndjson",
      '{"email":"a@example.com","shoe":1}\n{"email":"b@example.com","hat":1}',
    );
    expect(json.unmapped).toEqual(["shoe", "hat"]);
  });

  test("names of any kind cause no error", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (columns) => {
        const { names, unmapped } = mapColumns(columns, users.fieldOf);
        expect(names.size + unmapped.length).toBeLessThanOrEqual(columns.length);
      }),
    );
  });

  test.each([
    ["邮箱,Email", "columns-ambiguous", "columns 邮箱, Email"],
    ["email,email", "columns-ambiguous", "columns email, email"],
    ["email,password,password_hash", "columns-ambiguous", "columns password, password_hash"],
    ["email,状态,账号是否被禁用", "columns-ambiguous", "columns 状态, 账号是否被禁用"],
    ["工号,姓名", "columns-unrecognized", "header"],
    ["张三,a@example.com", "columns-unrecognized", "header"],
  ])("%s are refused as %s", async (header, reason, path) => {
    await expect(open("a.csv", `${header}\n1,2\n`)).rejects.toMatchObject({
      code: "malformed",
      reason,
      path,
    });
  });
});

describe("a row of people", () => {
  test("becomes a person, with a trail of columns", async () => {
    const { change, problems } = await csvRow(
      "工号,姓名,手机,邮箱,部门,性别,出生日期,是否在职,邮箱是否验证",
      "00123,𠮷野昇, +86 138-0013-8000 ,Ji.Ye@Example.COM,研发/平台,女,1990年1月2日,是,是",
    );
    expect(problems).toEqual([]);
    expect(change).toEqual({
      kind: "create",
      person: {
        externalId: "00123",
        name: "𠮷野昇",
        phone: "13800138000",
        phoneCountryCode: "+86",
        email: "ji.ye@example.com",
        gender: "F",
        birthdate: "1990-01-02",
        emailVerified: true,
      },
      trail: expect.objectContaining({ email: "邮箱 · lower-case", externalId: "工号 · trimmed" }),
      dropped: [{ path: "部门", problem: "department-unmapped" }],
    });
  });

  test("has all its reasons, by column and without values", async () => {
    const { change, problems } = await csvRow(
      "工号,姓名,手机,邮箱,出生日期,状态,邮箱是否验证",
      "1,张三,1.38E+10,zhang@qqq,01/02/1990,度假,也许",
    );
    expect(change).toBeUndefined();
    expect(codes(problems).toSorted()).toEqual([
      "出生日期: date-ambiguous",
      "手机: phone-scientific",
      "状态: status-unknown",
      "邮箱: email-invalid",
      "邮箱是否验证: flag-unknown",
    ]);
  });

  test("needs an identifier", async () => {
    expect(codes((await csvRow("工号,姓名,邮箱", "1,张三,")).problems)).toEqual(["identifier-missing"]);
  });

  test.each([
    ["'00123", "00123"],
    ["'=cmd", "=cmd"],
    ["'t Hooft", "'t Hooft"],
    ["O'Brien", "O'Brien"],
  ])("loses the apostrophe of a spreadsheet: %s is %s", async (written, username) => {
    expect((await csvRow("username,a", `${written},`)).change?.person.username).toBe(username);
  });

  test.each([
    ["phone,phoneCountryCode", "91234567,+852", { phone: "91234567", phoneCountryCode: "+852" }],
    ["email,phone,phoneCountryCode", "a@example.com,,+86", { email: "a@example.com" }],
    [
      "email,last name,first name",
      "a@example.com,张,三",
      { email: "a@example.com", name: "张三", familyName: "张", givenName: "三" },
    ],
    ["email,accountEnabled", "a@example.com,No", { email: "a@example.com", status: "Suspended" }],
    ["email,账号是否被禁用", "a@example.com,否", { email: "a@example.com", status: "Activated" }],
    ["email,状态", "a@example.com,离职", { email: "a@example.com", status: "Resigned" }],
    [
      "email,State,Street,Zip,公司",
      "a@example.com,浙江,文一路 1 号,310000,示例",
      {
        email: "a@example.com",
        province: "浙江",
        streetAddress: "文一路 1 号",
        postalCode: "310000",
        company: "示例",
      },
    ],
  ])("%s: %s", async (columns, cells, person) => {
    expect((await csvRow(columns, cells)).change?.person).toEqual(person);
  });
});

describe("passwords", () => {
  const BCRYPT = "$2b$10$abcdefghijklmnopqrstuuWv7r2yJk3xZ0a1b2c3d4e5f6g7h8i9j0";

  test.each([
    ["password", "'s 3cret ", undefined],
    ["密码", "correct horse", undefined],
    ["passwordHash", BCRYPT, { keepPassword: true }],
    ["password_digest", "{SSHA}dGVzdA==", { keepPassword: true }],
    ["encrypted_password", "pbkdf2_sha256$600000$salt$hash", { keepPassword: true }],
  ])("in a column %s are taken as they are: %s", async (column, password, options) => {
    const { change, problems } = await csvRow(`email,${column}`, `a@example.com,${password}`);
    expect(problems).toEqual([]);
    expect(change?.person.password).toBe(password);
    expect(change?.options).toEqual(options);
  });

  test.each([
    ["password", BCRYPT, "password-looks-hashed"],
    ["密码", "{SSHA}dGVzdA==", "password-looks-hashed"],
    ["password", "5f4dcc3b5aa765d61d8327deb882cf99", "password-looks-hashed"],
    ["password", "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "password-looks-hashed"],
    ["password", "pbkdf2_sha256$1$a$b", "password-looks-hashed"],
    ["password", "****", "password-masked"],
    ["passwordHash", "correct horse", "password-hash-unknown"],
    ["passwordHash", "5f4dcc3b5aa765d61d8327deb882cf99", "password-hash-unknown"],
  ])("in a column %s are refused when they look like the other kind: %s", async (column, password, code) => {
    const { change, problems, original } = await csvRow(`email,${column}`, `a@example.com,${password}`);
    expect(change).toBeUndefined();
    expect(codes(problems)).toEqual([`${column}: ${code}`]);
    expect(original).toEqual(["a@example.com", ""]);
  });

  test("may be encrypted for Authing, and be changed at the first login", async () => {
    const { change } = await jsonRow({
      email: "a@example.com",
      password: "bm90IHJlYWxseQ==",
      passwordEncryptType: "rsa",
      resetPasswordOnFisrtLogin: true,
    });
    expect(change?.options).toEqual({ passwordEncryptType: "rsa", resetPasswordOnFirstLogin: true });
    expect(change?.person).toEqual({ email: "a@example.com", password: "bm90IHJlYWxseQ==" });
  });

  test("are in no result, not even when the row cannot be read", async () => {
    const { rows } = await translated(
      "a.csv",
      'email,password,pwd hint\na@b,hunter22,hunter22\nc@b,hunter22\n"d"x,hunter22,\ne@b,f,g,hunter22',
    );
    const json = await translated(
      "a.ndjson",
      '{"email":"a@b","password":"hunter22","deep":{"initialPassword":["hunter22"]}}\n{"password":"hunter22"',
    );
    expect([...rows, ...json.rows].every(({ change }) => change === undefined)).toBe(true);
    expect(JSON.stringify([...rows, ...json.rows])).not.toContain("hunter22");
  });
});

describe("rows of JSON", () => {
  test("may have Authing's fields of the current generation", async () => {
    const person = {
      status: "Suspended",
      email: "a@example.com",
      username: "zoë",
      gender: "F",
      departmentIds: ["d1"],
      tenantIds: ["t1"],
      customData: { badge: "7" },
      identities: [
        {
          extIdpId: "e",
          provider: "lark",
          type: "openid",
          userIdInIdp: "ou_1",
          userInfoInIdp: {},
          originConnIds: ["c"],
        },
      ],
      otp: { secret: "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", recoveryCode: "b471" },
      company: "Example",
    };
    const { change, problems, notes } = await jsonRow(person);
    expect({ problems, notes }).toEqual({ problems: [], notes: [] });
    expect(change?.person).toEqual({
      ...person,
      otp: { secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", recoveryCode: "b471" },
    });
  });

  test("may have Authing's fields of 2022", async () => {
    const { change } = await jsonRow({
      phone: "18800000000",
      phoneCountryCode: "+86",
      gender: "W",
      identities: [
        { extIdpId: "e", provider: "lark", type: "openid", userIdInIdp: "ou_1", originConnIds: [] },
      ],
    });
    expect(change?.person).toMatchObject({ gender: "F", identities: [{ userInfoInIdp: {} }] });
  });

  test.each([
    [{ email: "a@example.com", customData: "x" }, "customData: invalid-type"],
    [{ email: "a@example.com", tenantIds: [1] }, "tenantIds[0]: invalid-type"],
    [{ email: "a@example.com", otp: { secret: "GEZD" } }, "otp: secret-short"],
    [
      { email: "a@example.com", otp: { secret: "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=8" } },
      "otp: digits-unsupported",
    ],
    [{ email: "a@example.com", mail: "b@example.com" }, "email: columns-ambiguous"],
    [{ email: ["a@example.com"] }, "email: email-invalid"],
    [{ email: "a@example.com", password: { a: 1 } }, "password: password-invalid"],
  ])("are refused when they are wrong: %j", async (row, problem) => {
    const { change, problems } = await jsonRow(row);
    expect(change).toBeUndefined();
    expect(codes(problems)).toEqual([problem]);
  });

  test("of any shape never throw, and never show a value in a problem", async () => {
    const fields = fc.constantFrom(...users.fieldOf.keys(), "__proto__", "x");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fields, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 }), async (row) => {
        const { problems, change } = await jsonRow(row);
        expect(change === undefined).toBe(problems.length > 0);
        for (const { code } of problems) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      }),
      { numRuns: 300 },
    );
  });
});

test("rejected rows show the file's own columns, those beyond the last in the last", async () => {
  const { rows, columns } = await translated("a.csv", "工号,邮箱\n1\n2,a@b\n3,a@b,研发,平台\n");
  expect(columns).toEqual(["工号", "邮箱"]);
  expect(rows.map(({ original, problems }) => [original, codes(problems)])).toEqual([
    [["1", ""], ["columns-missing"]],
    [["2", "a@b"], ["邮箱: email-invalid"]],
    [["3", "a@b,研发,平台"], ["columns-extra"]],
  ]);
});
