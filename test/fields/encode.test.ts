import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { birthdate, calendarDate, instant } from "#lib/fields/date.ts";
import { assemble, email, flag, status, text, url } from "#lib/fields/encode.ts";
import { gender } from "#lib/fields/gender.ts";
import { fullName } from "#lib/fields/name.ts";
import { phone } from "#lib/fields/phone.ts";

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

describe("phone", () => {
  test.each([
    ["13800138000", "CN", "+86", "13800138000"],
    [13800138000, "CN", "+86", "13800138000"],
    ["13800138000.0", "CN", "+86", "13800138000"],
    ["'13800138000", "CN", "+86", "13800138000"],
    ["+86 138-0013-8000", "US", "+86", "13800138000"],
    ["+86 (138) 0013 8000", "CN", "+86", "13800138000"],
    ["0086 138 0013 8000", "US", "+86", "13800138000"],
    ["0086-13800138000", "CN", "+86", "13800138000"],
    ["086-13800138000", "CN", "+86", "13800138000"],
    ["86-13800138000", "CN", "+86", "13800138000"],
    ["8613800138000", "CN", "+86", "13800138000"],
    ["＋８６　１３８００１３８０００", "CN", "+86", "13800138000"],
    ["\u202a+86 13800138000\u202c", "CN", "+86", "13800138000"],
    ["tel:+8613800138000", "CN", "+86", "13800138000"],
    ["138\u20100013\u20108000", "CN", "+86", "13800138000"],
    ["+86 138\u20110013\u20118000", "CN", "+86", "13800138000"],
    ["138–0013–8000", "CN", "+86", "13800138000"],
    ["138—0013―8000", "CN", "+86", "13800138000"],
    ["138−0013−8000", "CN", "+86", "13800138000"],
    ["138ー0013ー8000", "CN", "+86", "13800138000"],
    ["(+86)13800138000", "US", "+86", "13800138000"],
    ["（＋８６） 138 0013 8000", "US", "+86", "13800138000"],
    ["(0086)13800138000", "US", "+86", "13800138000"],
    ["+(86)13800138000", "US", "+86", "13800138000"],
    ["(+1)\u200b415-555-2671", "CN", "+1", "4155552671"],
    ["+852 9123 4567", "CN", "+852", "91234567"],
    ["(415) 555-2671", "US", "+1", "4155552671"],
    ["+1 242 359 1234", "CN", "+1", "2423591234"],
    ["+44 (0)7911 123456", "CN", "+44", "7911123456"],
  ])("takes %j in %s as %s %s", (value, region, phoneCountryCode, national) => {
    const encoded = phone(read(value), region);
    expect(encoded.problem).toBeUndefined();
    expect(encoded.fields).toEqual({ phone: national, phoneCountryCode });
  });

  test.each(["1.38E+10", "1.38e10", "1E+10"])("says that %j has lost its digits", (value) => {
    expect(phone(read(value), "CN")).toMatchObject({ fields: {}, problem: "phone-scientific" });
  });

  test.each([
    "13800138",
    "1380013800",
    "010-62345678",
    "138 0013 8000 / 139 0013 9000",
    "13800138000 ext 5",
    "abc 13800138000",
    "4155552671",
    "12345",
    "+",
    "(+86)",
    "(+999)13800138000",
    "无",
    {},
    [],
    true,
    1.5,
  ])("refuses %j", (value) => {
    expect(phone(read(value), "CN")).toMatchObject({ fields: {}, problem: "phone-invalid" });
  });

  test.each([
    ["13800138000", "+86", "US", "13800138000"],
    ["13800138000.0", 86, "US", "13800138000"],
    ["91234567", "00852", "CN", "91234567"],
    ["+86 13800138000", "+852", "CN", "13800138000"],
    ["07911 123456", "+44", "CN", "7911123456"],
    ["13800138000", "", "CN", "13800138000"],
  ])("takes %j beside the country code %j", (value, code, region, national) => {
    expect(phone(read(value), region, read(code, "code")).fields.phone).toBe(national);
  });

  test("refuses a country code that is none, and does not mind one without a number", () => {
    for (const code of ["China", "2", "+999", "0086000"]) {
      expect(phone(read("13800138000"), "CN", read(code, "code"))).toMatchObject({
        fields: {},
        path: "code",
        problem: "phone-country-code-invalid",
      });
    }
    expect(phone(read(""), "CN", read("+86", "code"))).toMatchObject({ fields: {} });
  });

  test("needs a + when the region is not one", () => {
    expect(phone(read("13800138000"), "ZZ").problem).toBe("phone-invalid");
    expect(phone(read("+8613800138000"), "ZZ").fields.phone).toBe("13800138000");
  });
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

describe("birthdate", () => {
  test.each([
    "2024-01-29",
    "2024-1-29",
    "2024/1/29",
    "2024.01.29",
    "2024年1月29日",
    "2024年01月29",
    "20240129",
    20240129,
    "2024-01-29T00:00:00Z",
    "2024-01-29T00:00:00.000+08:00",
    "2024-01-29T00:00:00+0000",
    "2024-01-29 00:00:00",
    "２０２４－０１－２９",
    "2024‐01‐29",
    "2024\u200b-01-29",
  ])("takes %j", (value) => {
    expect(birthdate(read(value)).fields).toEqual({ birthdate: "2024-01-29" });
  });

  test.each(["01/02/2024", "29/01/2024", "1-2-24", "29.01.2024"])("does not guess at %j", (value) => {
    expect(birthdate(read(value))).toMatchObject({ fields: {}, problem: "date-ambiguous" });
  });

  test.each([
    "2024-02-30",
    "2023-02-29",
    "0000-00-00",
    "2024-13-01",
    "2024/01-29",
    "45320",
    "1706486400000",
    "yesterday",
    true,
    {},
  ])("refuses %j", (value) => {
    expect(birthdate(read(value))).toMatchObject({ fields: {}, problem: "date-invalid" });
  });

  test("takes every day there is", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1800-01-01"), max: new Date("2999-12-31"), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          expect(calendarDate(day)).toEqual({ day });
          expect(calendarDate(day.replaceAll("-", ""))).toEqual({ day });
        },
      ),
    );
  });
});

describe("instant", () => {
  test.each([
    ["2026-01-31T18:42:00+0000", undefined, "2026-01-31T18:42:00.000Z"],
    ["2026-01-31T18:42:00+08:00", undefined, "2026-01-31T10:42:00.000Z"],
    ["2026-01-31T18:42:00.123456789Z", undefined, "2026-01-31T18:42:00.123Z"],
    ["2026-01-31 18:42:00+00", undefined, "2026-01-31T18:42:00.000Z"],
    ["2026-01-31T18:42Z", undefined, "2026-01-31T18:42:00.000Z"],
    [1700000000, undefined, "2023-11-14T22:13:20.000Z"],
    ["1700000000", undefined, "2023-11-14T22:13:20.000Z"],
    ["1700000000.123", undefined, "2023-11-14T22:13:20.123Z"],
    [1700000000123, undefined, "2023-11-14T22:13:20.123Z"],
    [1700000000, "milliseconds", "1970-01-20T16:13:20.000Z"],
    [0, "seconds", "1970-01-01T00:00:00.000Z"],
  ] as const)("reads %j in %s as %s", (value, unit, iso) => {
    expect(instant(value, unit)).toBe(iso);
  });

  test.each([
    "2026-01-31T18:42:00",
    "2026-02-30T00:00:00Z",
    "2026-01-31",
    "2026-01-31T25:00:00Z",
    "",
    "now",
    -1,
    NaN,
    Infinity,
    1e18,
    null,
    {},
  ])("does not guess at %j", (value) => {
    expect(instant(value)).toBeUndefined();
  });
});

describe("fullName", () => {
  test.each([
    [
      { given: "三", family: "张" },
      { name: "张三", givenName: "三", familyName: "张" },
    ],
    [
      { given: "昇", family: "𠮷野" },
      { name: "𠮷野昇", givenName: "昇", familyName: "𠮷野" },
    ],
    [
      { given: "Zoë", family: "Müller" },
      { name: "Zoë Müller", givenName: "Zoë", familyName: "Müller" },
    ],
    [
      { given: "Anna", middle: "Q.", family: "Berg" },
      { name: "Anna Q. Berg", givenName: "Anna", middleName: "Q.", familyName: "Berg" },
    ],
    [
      { given: "David", family: "张" },
      { name: "David 张", givenName: "David", familyName: "张" },
    ],
    [
      { full: "Dr. Zoë Müller", given: "Zoë", family: "Müller" },
      { name: "Dr. Zoë Müller", givenName: "Zoë", familyName: "Müller" },
    ],
    [
      { given: "Cher", family: " " },
      { name: "Cher", givenName: "Cher" },
    ],
    [{ full: "", given: "" }, {}],
    [{}, {}],
  ])("makes of %j %j", (parts, fields) => {
    const reads = Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, read(value, part)]));
    expect(fullName(reads).fields).toEqual(fields);
  });

  test.each([
    ["田中", "さくら", "田中さくら"],
    ["やまだ", "タロウ", "やまだタロウ"],
    ["髙橋", "ローラ", "髙橋ローラ"],
    ["佐々木", "みなみ", "佐々木みなみ"],
    ["ﾔﾏﾀﾞ", "ﾀﾛｳ", "ﾔﾏﾀﾞﾀﾛｳ"],
    ["葛\u{e0100}城", "一", "葛\u{e0100}城一"],
    ["김", "민준", "김민준"],
    ["\u1100\u1175\u11b7", "민준", "김민준"],
    ["阿卜杜拉·", "买买提", "阿卜杜拉·买买提"],
    ["Kim", "민준", "민준 Kim"],
    ["Иванов", "Иван", "Иван Иванов"],
  ])("puts the family name %s and the given name %s together as %s", (family, given, name) => {
    expect(fullName({ family: read(family), given: read(given) }).fields.name).toBe(name);
  });

  test("names the paths it was put together from", () => {
    const { path, rule } = fullName({ given: read("三", "firstName"), family: read("张", "lastName") });
    expect({ path, rule }).toEqual({ path: "firstName + lastName", rule: "family name first" });
  });

  test("refuses a part that is no text", () => {
    expect(fullName({ given: read({}, "firstName") })).toMatchObject({
      fields: {},
      path: "firstName",
      problem: "name-invalid",
    });
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
