import { describe, expect, test } from "vitest";
import { fullName } from "#lib/fields/name.ts";

const read = (value: unknown, path = "here") => ({ value, path });

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
