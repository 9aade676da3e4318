import { describe, expect, test } from "vitest";
import { isAscii, isComposed, isPlain, kindsOf } from "#lib/fields/characters.ts";
import { mended, type ValueKind } from "#lib/fields/damage.ts";
import { isUndamaged } from "#lib/fields/undamaged.ts";
import * as fc from "../properties.ts";

const kinds = ["identifier", "phone", "code", "name", "part of a name", "text", "status"] as const;

/** What `mended` knows, and what is next to it. */
const doubtful = [
  ..."NULL null Null None nan n/a undefined nil \\N (null) <null> [null] #null (blank) (空) 空 无 暂无 未知 待定 unknown tbd Unna Nina Tbd1".split(
    " ",
  ),
  ..."#N/A #REF! Err:502 err:1 E:5 ## =A1 ='x'!A1 <removed> ??? M?ller 张? 锟斤拷 锟斤 斤 烫烫烫 屯屯屯 屯门".split(
    " ",
  ),
  ..."寮犱笁 M眉ller ÕÅÈý ÕÅÈ Ã¼ Zoë Müller Łukasz Škoda Tom王 小K 王（明） 張三 張 喆 珺 ĳ".split(" "),
  ..."1.0 10010.0 1,5e10 1.38E+10 2E+11 2e5 1.5 -1.5 +1.5 1.5@x 3-Mar Mar-01 mar-1 3月1日 12月31日 月1日 hr-1 a-b 1-2".split(
    " ",
  ),
  ..."13800138000.0 +8613800138000 123456789012345000 12345678901234500 330106199001011000 null@x null@example.com undefined@example.com nan@x - + @ .".split(
    " ",
  ),
  ..." |\t|\n|\u200b|\u00a0|\u3000|\ud800|\u0301|。|：|（|？|'|\"".split("|"),
];
const pieces = fc.constantFrom(...doubtful, ..."aeEnNuUtT05. -@+:王三张(", "abcdefgh", "12345678");
const written = fc
  .oneof(
    fc.array(pieces, { minLength: 1, maxLength: 5 }),
    fc.array(fc.string({ unit: "grapheme", maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  )
  .map((some) => some.join(""))
  .filter((text) => text !== "");

const characters = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));

const isLeft = (value: string, kind: ValueKind): boolean => {
  const before = { value, path: "here" };
  const { read, problem, notes } = mended(before, kind);
  return read === before && problem === undefined && notes.length === 0;
};

describe("a value that is taken for undamaged", () => {
  test("is left as it is by what looks for all damage", () => {
    fc.assert(
      fc.property(written, fc.constantFrom(...kinds), (value, kind) => {
        expect([value, kind, isUndamaged(value, kind) && !isLeft(value, kind)]).toEqual([value, kind, false]);
      }),
      { numRuns: 20_000 },
    );
  });

  test("is left by it for each character, alone and beside others", () => {
    const wrong = characters.flatMap((character) =>
      [character, `${character}三`, `a${character}b`].flatMap((value) =>
        (["identifier", "name", "text"] as const)
          .filter((kind) => isUndamaged(value, kind) && !isLeft(value, kind))
          .map((kind) => `${JSON.stringify(value)} as ${kind}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test.each([
    ["identifier", "hr-1001"],
    ["identifier", "zhang.san"],
    ["identifier", "12345@qq.com"],
    ["phone", "+8613800138000"],
    ["name", "王小明"],
    ["name", "José Núñez"],
    ["text", "南京东路 100 号（3 幢）"],
    ["status", "在职"],
  ] as const)("is mostly what files hold: %s %s", (kind, value) => {
    expect(isUndamaged(value, kind)).toBe(true);
  });
});

test("kinds of characters say which normalization forms leave a text as it is, and that all of it is seen", () => {
  const all = characters.map((character) => [character, kindsOf(character)] as const);
  const those = (is: (found: number) => boolean) =>
    all.filter(([, found]) => is(found)).map(([each]) => each);
  expect(those(isAscii).join("")).toMatch(/^[\x20-\x7e]{95}$/);
  expect(those(isPlain).filter((each) => each.normalize("NFKC") !== each)).toEqual([]);
  expect(those(isComposed).filter((each) => each.normalize("NFC") !== each)).toEqual([]);
  expect(those(isComposed).join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/u);
});
