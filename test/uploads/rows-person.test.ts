import { describe, expect, test } from "vitest";
import type { RowContext } from "#lib/contract/source.ts";
import { personColumnNames } from "#lib/layouts/column-names.ts";
import { personTranslator } from "#lib/uploads/rows/person.ts";
import type { CustomDataField } from "#lib/uploads/rows/person-fields.ts";
import type { PersonField } from "#lib/layouts/column-names.ts";
import * as fc from "../properties.ts";
import { codesOf, entryFields } from "./entry-fields.ts";

type Fields = Partial<Record<PersonField | CustomDataField, unknown>>;
const context: RowContext = {
  region: "CN",
  departments: { "公司/研发": "d1", "D-2": "d2" },
  customData: { title: "岗位", badge: "badge" },
  today: "2026-11-27",
};

const translated = (fields: Fields, over: Partial<RowContext> = {}) =>
  personTranslator({ ...context, ...over })(entryFields(fields));
const withEmail = (fields: Fields) => translated({ email: "a@example.com", ...fields });
const refusedFor = (fields: Fields) => {
  const { change, problems, notes } = withEmail(fields);
  expect(change).toBeUndefined();
  expect(notes).toEqual([]);
  return codesOf(problems);
};

describe("a row of people", () => {
  test("becomes a person, with a trail of columns", () => {
    const { change, problems, notes } = personTranslator(context)(
      entryFields(
        {
          externalId: "00123",
          name: "𠮷野昇",
          phone: " +86 138-0013-8000 ",
          email: "Ji.Ye@Example.COM",
          departments: "研发/平台",
          gender: "女",
          birthdate: "1990年1月2日",
          emailVerified: "是",
        },
        { externalId: "工号", email: "邮箱", departments: "部门" },
      ),
    );
    expect(problems).toEqual([]);
    expect(codesOf(notes)).toEqual(["部门: department-unmapped"]);
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

  test("has all its reasons, by column and without values", () => {
    const { change, problems, externalId } = translated({
      externalId: "1",
      phone: "1.38E+10",
      email: "zhang@qqq",
      birthdate: "01/02/1990",
      status: "度假",
      emailVerified: "也许",
      city: "#REF!",
    });
    expect(change).toBeUndefined();
    expect(externalId).toBe("1");
    expect(codesOf(problems).toSorted()).toEqual([
      "birthdate: date-ambiguous",
      "city: sheet-error",
      "email: email-invalid",
      "emailVerified: flag-unknown",
      "phone: phone-scientific",
      "status: status-unknown",
    ]);
  });

  test("needs an identifier", () => {
    expect(codesOf(translated({ externalId: "1", name: "张三", email: "" }).problems)).toEqual([
      "identifier-missing",
    ]);
  });

  test.each<[Fields, object]>([
    [
      { phone: "91234567", phoneCountryCode: "+852" },
      { phone: "91234567", phoneCountryCode: "+852" },
    ],
    [{ email: "a@example.com", phone: "", phoneCountryCode: "+86" }, { email: "a@example.com" }],
    [
      { email: "a@example.com", familyName: "张", givenName: "三" },
      { email: "a@example.com", name: "张三", familyName: "张", givenName: "三" },
    ],
    [
      { email: "a@example.com", accountEnabled: "No" },
      { email: "a@example.com", status: "Suspended" },
    ],
    [
      { email: "a@example.com", accountDisabled: "否" },
      { email: "a@example.com", status: "Activated" },
    ],
    [
      { email: "a@example.com", status: "离职" },
      { email: "a@example.com", status: "Resigned" },
    ],
    [
      {
        email: "a@example.com",
        province: "浙江",
        postalCode: "010000",
        identityNumber: "010106199001011234",
      },
      {
        email: "a@example.com",
        province: "浙江",
        postalCode: "010000",
        identityNumber: "010106199001011234",
      },
    ],
  ])("%j", (fields, person) => {
    expect(translated(fields)).toMatchObject({ change: { person }, problems: [] });
    expect(translated(fields).change?.person).toEqual(person);
  });
});

describe("damaged values", () => {
  test.each<[Fields, string]>([
    [{ externalId: "#N/A" }, "externalId: sheet-error"],
    [{ name: "#NAME?" }, "name: sheet-error"],
    [{ name: "å¼ ä¸‰" }, "name: mojibake"],
    [{ name: "???" }, "name: characters-lost"],
    [{ gender: "#N/A" }, "gender: sheet-error"],
    [{ externalId: "2.02311E+11" }, "externalId: number-scientific"],
    [{ username: "10010.0" }, "username: number-with-fraction"],
    [{ username: "nlu\t2" }, "username: break-inside"],
    [{ externalId: "NULL" }, "externalId: value-is-null"],
    [{ phone: "138\n00138000" }, "phone: break-inside"],
    [{ email: "None" }, "email: value-is-null"],
    [{ name: "<removed>" }, "name: value-removed"],
    [{ identities: [{ accessToken: "<removed>" }] }, "identities: value-removed"],
    [{ birthdate: "1990-05-16T16:00:00Z" }, "birthdate: birthdate-moved"],
    [{ birthdate: "2026-11-28" }, "birthdate: birthdate-in-future"],
    [{ status: "NULL" }, "status: status-unknown"],
    [{ accountDisabled: "NULL" }, "accountDisabled: flag-unknown"],
    [{ province: "blocked" }, "province: province-is-status"],
    [{ status: "active", accountEnabled: "false" }, "accountEnabled: status-contradictory"],
    [{ "customData.title": ["x"] }, "customData.title: custom-data-invalid"],
    [{ "customData.badge": 2 ** 60 }, "customData.badge: custom-data-invalid"],
    [{ "customData.title": "#VALUE!" }, "customData.title: sheet-error"],
  ])("refuse their row: %j", (fields, problem) => {
    expect(refusedFor(fields)).toEqual([problem]);
  });

  test.each<[Fields, object, string[]]>([
    [{ externalId: '="00123"' }, { externalId: "00123" }, ["externalId: text-formula-removed"]],
    [{ externalId: "001\u200b23" }, { externalId: "00123" }, ["externalId: invisible-removed"]],
    [{ phone: "13800138000.0" }, { phone: "13800138000" }, ["phone: fraction-removed"]],
    [{ city: "NULL", birthdate: "\\N" }, {}, ["birthdate: null-taken-as-empty", "city: null-taken-as-empty"]],
    [{ familyName: "Null", givenName: "Zoë" }, { name: "Zoë Null" }, ["familyName: name-looks-null"]],
    [{ gender: "工程师" }, { gender: "U" }, ["gender: gender-unknown"]],
    [{ birthdate: "1970-01-01" }, { birthdate: "1970-01-01" }, ["birthdate: birthdate-is-default"]],
  ])("that can be mended are told: %j", (fields, person, notes) => {
    const translation = withEmail(fields);
    expect(translation).toMatchObject({ change: { person }, problems: [] });
    expect(codesOf(translation.notes)).toEqual(notes);
  });

  test("that can only be empty stay out of the person", () => {
    expect(withEmail({ city: "NULL", name: "undefined" }).change?.person).toEqual({ email: "a@example.com" });
  });
});

describe("departments and custom data", () => {
  test("come from the configuration", () => {
    const { change, notes } = translated(
      {
        email: "a@example.com",
        departments: "D-2;公司/研发；市场",
        departmentIds: ["d9"],
        customData: { title: "old", floor: 3 },
        "customData.title": "工\u200b程师",
        "customData.badge": 7,
      },
      { departmentIdType: "code" },
    );
    expect(change).toMatchObject({
      person: {
        departmentIds: ["d9", "d2", "d1"],
        customData: { title: "工程师", badge: 7, floor: 3 },
      },
      options: { departmentIdType: "code" },
      dropped: [{ path: "departments", problem: "department-unmapped" }],
    });
    expect(codesOf(notes)).toEqual([
      "customData.title: invisible-removed",
      "departments: department-unmapped",
    ]);
  });

  test("keep numbers and truth values as they are given", () => {
    expect(
      withEmail({ "customData.title": false, "customData.badge": 1.5 }).change?.person.customData,
    ).toEqual({
      title: false,
      badge: 1.5,
    });
    expect(withEmail({ "customData.badge": "007" }).change?.person.customData).toEqual({ badge: "007" });
  });
});

describe("passwords", () => {
  const bcrypt = `$2b$10$${"abcdefghijklmnopqrstuuWv7r2yJk3xZ0a1b2c3d4e5f6g7h8i9j"}`;

  test.each<[Fields, object | undefined, string[]]>([
    [{ password: "'s 3cret " }, undefined, ["password: password-surrounded-by-space"]],
    [{ password: "correct horse" }, undefined, []],
    [{ password: "rl0uE5aB1cD2g" }, undefined, ["password: password-may-be-hashed"]],
    [{ passwordHash: bcrypt }, { keepPassword: true }, []],
    [{ passwordHash: bcrypt.slice(0, 50) }, { keepPassword: true }, ["passwordHash: password-hash-cut-off"]],
    [{ passwordHash: "{ssha}dGVzdA==" }, { keepPassword: true }, []],
    [{ passwordHash: "pbkdf2_sha256$600000$salt$hash" }, { keepPassword: true }, []],
    [{ passwordHash: "*B76ABEA404A9AEA3AB28BEE3D5EE98C49DE456F0" }, { keepPassword: true }, []],
  ])("are taken as they are: %j", (fields, options, notes) => {
    const { change, problems, notes: told } = withEmail(fields);
    expect(problems).toEqual([]);
    expect(change?.person.password).toBe(fields.password ?? fields.passwordHash);
    expect(change?.options).toEqual(options);
    expect(codesOf(told)).toEqual(notes);
  });

  test.each<[Fields, string]>([
    [{ password: bcrypt }, "password: password-looks-hashed"],
    [{ password: "$P$BInv3ntedSaltAndHash0fThirtyOne" }, "password: password-looks-hashed"],
    [{ password: `{bcrypt}$2a$10$${"i".repeat(53)}` }, "password: password-looks-hashed"],
    [{ password: "sha1$a1b2c3$b76abea404a9aea3ab28bee3d5ee98c49de456f0" }, "password: password-looks-hashed"],
    [{ password: "*B76ABEA404A9AEA3AB28BEE3D5EE98C49DE456F0" }, "password: password-looks-hashed"],
    [{ password: "{ssha}t2q+pASprqOrKL7j1e6YxJ3kVvBzYWx0" }, "password: password-looks-hashed"],
    [{ password: "5f4dcc3b5aa765d61d8327deb882cf99" }, "password: password-looks-hashed"],
    [{ password: "{noop}secret" }, "password: password-looks-hashed"],
    [{ password: "****" }, "password: password-masked"],
    [{ password: "[REDACTED]" }, "password: password-masked"],
    [{ password: "<removed>" }, "password: password-removed"],
    [{ password: "#NAME?" }, "password: password-damaged"],
    [{ password: "1.23457E+11" }, "password: password-damaged"],
    [{ password: "NULL" }, "password: password-damaged"],
    [{ password: "a\nb" }, "password: password-invalid"],
    [{ password: "a\u200bb" }, "password: password-invalid"],
    [{ password: { a: 1 } }, "password: password-invalid"],
    [{ password: "x".repeat(1025) }, "password: password-invalid"],
    [{ passwordHash: "correct horse" }, "passwordHash: password-hash-unknown"],
    [{ passwordHash: "5f4dcc3b5aa765d61d8327deb882cf99" }, "passwordHash: password-hash-unknown"],
    [{ passwordHash: "{noop}secret" }, "passwordHash: password-hash-is-plain"],
    [{ passwordHash: "****" }, "passwordHash: password-masked"],
    [{ passwordHash: "<removed>" }, "passwordHash: password-removed"],
    [{ passwordHash: bcrypt, password: "x" }, "password: password-twice"],
    [{ passwordHash: bcrypt, passwordEncryptType: "rsa" }, "passwordEncryptType: password-hash-encrypted"],
    [{ password: "x", passwordEncryptType: "rot13" }, "passwordEncryptType: password-encrypt-type-unknown"],
  ])("are refused where they are none, or look like the other kind: %j", (fields, problem) => {
    expect(refusedFor(fields)).toEqual([problem]);
  });

  test("are left out where the account has none", () => {
    const { change, notes } = withEmail({ passwordHash: "!" });
    expect(change?.person).toEqual({ email: "a@example.com" });
    expect(change?.options).toBeUndefined();
    expect(codesOf(notes)).toEqual(["passwordHash: password-unusable"]);
    expect(withEmail({ passwordHash: ` ${bcrypt}\n` })).toMatchObject({
      change: { person: { password: bcrypt } },
      notes: [{ code: "password-hash-trimmed" }],
    });
  });

  test("may be encrypted for Authing, and be changed at the first login", () => {
    const { change } = withEmail({
      password: "bm90IHJlYWxseQ==",
      passwordEncryptType: "rsa",
      resetPasswordOnFirstLogin: true,
    });
    expect(change?.options).toEqual({ passwordEncryptType: "rsa", resetPasswordOnFirstLogin: true });
    expect(change?.person).toEqual({ email: "a@example.com", password: "bm90IHJlYWxseQ==" });
  });
});

describe("rows of JSON", () => {
  test("may have Authing's fields of the current generation", () => {
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
      company: "Example",
    };
    const { change, problems, notes } = translated(person);
    expect({ problems, notes }).toEqual({ problems: [], notes: [] });
    expect(change?.person).toEqual(person);
  });

  test("may have Authing's fields of 2022", () => {
    const { change } = translated({
      phone: "18800000000",
      phoneCountryCode: "+86",
      gender: "W",
      identities: [
        { extIdpId: "e", provider: "lark", type: "openid", userIdInIdp: "ou_1", originConnIds: [] },
      ],
    });
    expect(change?.person).toMatchObject({ gender: "F", identities: [{ userInfoInIdp: {} }] });
  });

  test.each<[Fields, string]>([
    [{ customData: "x" }, "customData: invalid-type"],
    [{ tenantIds: [1] }, "tenantIds[0]: invalid-type"],
    [{ email: ["a@example.com"] }, "email: email-invalid"],
  ])("are refused when they are wrong: %j", (fields, problem) => {
    expect(refusedFor(fields)).toEqual([problem]);
  });

  test("of any shape never throw, and never show a value in a problem", () => {
    const names = fc.constantFrom(
      ...(Object.keys(personColumnNames) as PersonField[]),
      "customData.title" as const,
      "__proto__" as PersonField,
    );
    const told = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("#N/A", "NULL", '="1"', "???", "<removed>"),
    );
    fc.assert(
      fc.property(fc.dictionary(names, told, { maxKeys: 6 }), (fields) => {
        const { problems, change, notes } = translated(fields);
        expect(change === undefined).toBe(problems.length > 0);
        for (const { code } of [...problems, ...notes]) expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }),
      { numRuns: 500 },
    );
  });
});
