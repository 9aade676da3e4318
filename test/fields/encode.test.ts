import { describe, expect, test } from "vitest";
import { birthdate } from "#lib/fields/date.ts";
import { assemble, assembly } from "#lib/fields/assembly.ts";
import { email, flag, status, text, url } from "#lib/fields/encode.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";
import * as fc from "../properties.ts";

const read = (value: unknown, path = "here") => ({ value, path });

describe("text", () => {
  test.each([
    [" 张三 ", "张三"],
    ["𠮷野昇", "𠮷野昇"],
    ["007", "007"],
    [10010, "10010"],
    [0, "0"],
  ])("keeps %j as %j", (value, kept) => {
    expect(text("nickname", read(value)).fields).toEqual({ nickname: kept });
  });

  test.each([[["a"]], [{}], [true], [1.5], [2 ** 60], ["a\0b"], ["\ud800"]])("refuses %j", (value) => {
    expect(text("nickname", read(value))).toMatchObject({ fields: {}, problem: "text-invalid" });
  });

  test.each([
    ["externalId", "1001\u200e", "1001"],
    ["username", "ｗａｎｇ．ｗｅｉ", "wang.wei"],
    ["nickname", "ｗａｎｇ", "ｗａｎｇ"],
    ["nickname", "小\u200b王", "小王"],
  ] as const)("of %s without invisible characters, %j, is %j", (field, value, kept) => {
    expect(text(field, read(value)).fields).toEqual({ [field]: kept });
  });

  test.each([
    ["externalId", "10\n01", "text-invalid"],
    ["externalId", "10\u202e01", "text-ambiguous"],
    ["username", "mar\u212a", "text-ambiguous"],
  ] as const)("refuses %s %j", (field, value, problem) => {
    expect(text(field, read(value))).toMatchObject({ fields: {}, problem });
  });

  test("refuses what is longer than its limit, and cuts nothing", () => {
    expect(text("city", read("abc"), { maxLength: 2 })).toMatchObject({
      fields: {},
      problem: "text-too-long",
    });
  });
});

describe("email", () => {
  test.each([
    [" Zoe.Muller@Example.COM ", "zoe.muller@example.com"],
    ["ｚｈａｎｇ＠example．com", "zhang@example.com"],
    ["o'brien+hr@mail.example.co.uk", "o'brien+hr@mail.example.co.uk"],
    ["张三@例子.公司", "张三@例子.公司"],
    ["\u200bwang.wei@example.com", "wang.wei@example.com"],
    ["wang\u00ad.fang@example.com\u200e", "wang.fang@example.com"],
    ["Zoe\u0308@example.com", "zoë@example.com"],
  ])("takes %j as %j", (value, address) => {
    expect(email(read(value))).toEqual({ fields: { email: address }, path: "here", rule: "lower-case" });
  });

  test.each([
    "test1@qqq",
    "a@b",
    "@example.com",
    "a@",
    "a b@example.com",
    "a@example.com, b@example.com",
    "a@@example.com",
    ".a@example.com",
    "a..b@example.com",
    "a@-example.com",
    "a@example.1",
    "Zoë <a@example.com>",
    `${"a".repeat(65)}@example.com`,
    5,
    {},
  ])("refuses %j", (value) => {
    expect(email(read(value))).toMatchObject({ fields: {}, problem: "email-invalid" });
  });
});

describe("an e-mail address that would become another person's", () => {
  test.each(["ⓐdmin@example.com", "ﬁona@example.com", "mar\u212a@example.com", "a\u202eb@example.com"])(
    "is refused: %j",
    (value) => {
      expect(email(read(value))).toMatchObject({ fields: {}, problem: "email-ambiguous" });
    },
  );
});

describe("gender", () => {
  test.each([
    ["male", "M"],
    ["M", "M"],
    ["男", "M"],
    [1, "M"],
    ["Female", "F"],
    ["W", "F"],
    ["女", "F"],
    [2, "F"],
    ["未知", "U"],
    ["保密", "U"],
    ["non-binary", "U"],
    [0, "U"],
  ])("takes %j as %s", (value, letter) => {
    expect(gender(read(value)).fields).toEqual({ gender: letter });
  });
});

describe("flag, status, url", () => {
  test.each([
    [true, true],
    ["TRUE", true],
    [1, true],
    ["Y", true],
    ["yes", true],
    ["是", true],
    ["√", true],
    [false, false],
    ["0", false],
    ["N", false],
    ["No", false],
    ["否", false],
  ])("reads %j as %s", (value, meaning) => {
    expect(flag("emailVerified", read(value)).fields).toEqual({ emailVerified: meaning });
  });

  test("does not guess at other words", () => {
    expect(flag("emailVerified", read("maybe"))).toMatchObject({ fields: {}, problem: "flag-unknown" });
  });

  test("looks a status up in the table, whatever its case, and only there", () => {
    const table = { active: "Activated", inactive: "Suspended" } as const;
    expect(status(read(" Inactive "), table).fields).toEqual({ status: "Suspended" });
    expect(status(read("constructor"), table)).toMatchObject({ fields: {}, problem: "status-unknown" });
  });

  test("takes pictures from http and https only", () => {
    expect(url("photo", read("https://img.example.com/张.png")).fields.photo).toBe(
      "https://img.example.com/%E5%BC%A0.png",
    );
    for (const value of [
      "javascript:alert(1)",
      "data:image/png;base64,AA==",
      "/a.png",
      "https://u:p@example.com/",
      `https://example.com/${"a".repeat(2048)}`,
      {},
    ]) {
      expect(url("photo", read(value)).problem).toBe("url-invalid");
    }
  });
});

test("an encoder leaves absent fields absent and never shows what it refuses", () => {
  const encoders = [
    (value: unknown) => text("name", read(value)),
    (value: unknown) => email(read(value)),
    (value: unknown) => phone(read(value), "CN"),
    (value: unknown) => gender(read(value)),
    (value: unknown) => birthdate(read(value)),
    (value: unknown) => flag("phoneVerified", read(value)),
    (value: unknown) => status(read(value), { active: "Activated" }),
    (value: unknown) => url("photo", read(value)),
    (value: unknown) => fullName({ full: read(value) }),
  ];
  for (const encode of encoders) {
    for (const absent of [undefined, null, "", " ", "\u200b", "\u3164 "])
      expect(encode(absent)).toMatchObject({ fields: {} });
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { fields, problem, rule, path } = encode(value);
        expect(path).toBe("here");
        expect(rule).not.toBe("");
        expect(problem ?? "none").toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(problem === undefined || Object.keys(fields).length === 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  }
});

test("an address of ASCII is read as the same one is that has an invisible character", () => {
  const part = fc.array(fc.constantFrom(..."aZ09-_.+@%", "--", "ab", ".co", "@x", "a".repeat(30)), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(part, part, (local, domain) => {
      const address = `${local.join("")}@${domain.join("")}`;
      const { fields, problem } = email(read(address));
      expect({ fields, problem }).toEqual({
        fields: email(read(`${address}\u200b`)).fields,
        problem: email(read(`${address}\u200b`)).problem,
      });
    }),
    { numRuns: 2_000 },
  );
});

test("people with the same fields from the same places share a trail; others do not", () => {
  const made = assembly();
  const people = (path: string) =>
    Array.from({ length: 100 }, (_, index) => {
      made.begin();
      made.set("username", `p${index}`, path, "trimmed");
      made.set("username", "another", "second", "trimmed");
      if (index % 2 === 0) made.set("name", `n${index}`, "name", "trimmed");
      return made.end();
    });
  const [first, second, third, ...more] = people("login");
  expect(third?.trail).toBe(first?.trail);
  expect(second).toEqual({ person: { username: "p1" }, trail: { username: "login · trimmed" }, dropped: [] });
  expect(more.at(-2)).toEqual({
    person: { username: "p98", name: "n98" },
    trail: { username: "login · trimmed", name: "name · trimmed" },
    dropped: [],
  });
  expect(people("other")[0]?.trail).toEqual({ username: "other · trimmed", name: "name · trimmed" });
});

test("assemble keeps the earlier of two, says where each field came from, and lists what was dropped", () => {
  expect(
    assemble([
      email(read("A@Example.com", "work")),
      email(read("b@example.com", "home")),
      phone(read("12", "mobile"), "CN"),
      gender(read("", "sex")),
    ]),
  ).toEqual({
    person: { email: "a@example.com" },
    trail: { email: "work · lower-case" },
    dropped: [{ path: "mobile", problem: "phone-invalid" }],
  });
});
