import { describe, expect, test } from "vitest";
import { phone } from "#lib/fields/phone.ts";

const read = (value: unknown, path = "here") => ({ value, path });

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

  test("refuses a wrong country code, and ignores a country code without a number", () => {
    for (const code of ["China", "2", "+999", "0086000"]) {
      expect(phone(read("13800138000"), "CN", read(code, "code"))).toMatchObject({
        fields: {},
        path: "code",
        problem: "phone-country-code-invalid",
      });
    }
    expect(phone(read(""), "CN", read("+86", "code"))).toMatchObject({ fields: {} });
  });

  test("needs a + when the region is unknown", () => {
    expect(phone(read("13800138000"), "ZZ").problem).toBe("phone-invalid");
    expect(phone(read("+8613800138000"), "ZZ").fields.phone).toBe("13800138000");
  });

  test("gives the same for the usual spellings as for one that the library reads, for each beginning of a Chinese number", () => {
    for (let beginning = 1000; beginning < 2000; beginning += 1) {
      const digits = `${beginning}${String((beginning * 7919) % 10_000_000).padStart(7, "0")}`;
      const spaced = phone(read(`+86 ${digits}`), "CN");
      for (const [value, region, code] of [
        [digits, "CN", undefined],
        [digits, "CN", ""],
        [digits, "US", "+86"],
        [digits, "US", "86"],
        [`+86${digits}`, "US", undefined],
        [`+86${digits}`, "CN", "86"],
      ] as const) {
        const encoded = phone(read(value), region, code === undefined ? undefined : read(code, "code"));
        expect([value, encoded.fields, encoded.problem]).toEqual([value, spaced.fields, spaced.problem]);
      }
      expect(phone(read(`${digits.slice(0, 3)} ${digits.slice(3)}`), "CN").fields).toEqual(spaced.fields);
    }
  });
});
