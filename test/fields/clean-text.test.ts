import { describe, expect, test } from "vitest";
import { cleanIdentifier, cleanSecret, cleanText, hasVisible, plainDashes } from "#lib/fields/clean-text.ts";
import * as fc from "../properties.ts";

const zeroWidthSpace = "\u200b";
const softHyphen = "\u00ad";
const leftToRight = "\u200e";
const byteOrderMark = "\ufeff";
const nonJoiner = "\u200c";
const joiner = "\u200d";
const unseen = fc.constantFrom(
  zeroWidthSpace,
  softHyphen,
  leftToRight,
  byteOrderMark,
  "\u2060", // word joiner
  "\u061c", // Arabic letter mark
  "\u3164", // Hangul filler
  "\ufe0f", // variation selector 16
  "\u{e0041}", // tag
);

describe("text that is shown", () => {
  test.each([
    [` 张三${zeroWidthSpace} `, "张三"],
    [`${byteOrderMark}Zoë`, "Zoë"],
    ["Zoe\u0308", "Zoë"],
    [`Hans${softHyphen}Peter`, "HansPeter"],
    [`\u202aLi Lei\u202c`, "Li Lei"],
    [`a${joiner}b${nonJoiner}c\ufe0f`, "abc"],
    ["\u1112\u1161\u11ab", "한"],
    [`Zoë\u00a0Müller\u3000`, "Zoë\u00a0Müller"],
    ["文一路 1 号\n2 幢", "文一路 1 号\n2 幢"],
    [`${zeroWidthSpace}\u2800 \u3164`, ""],
  ])("%j is kept as %j", (written, kept) => {
    expect(cleanText(written)).toBe(kept);
  });

  test.each([
    ["a non-joiner between Persian letters", `مهدی${nonJoiner}زاده`],
    ["a joiner between Sinhala letters", `ශ්${joiner}රී`],
    ["the selector of a variant of a Chinese character", "葛\u{e0100}城"],
    ["a picture that is made of three", `👨${joiner}👩${joiner}👧`],
    ["a picture in colour", "❤\ufe0f"],
  ])("keeps an invisible character that has a meaning at its place: %s", (_, written) => {
    expect(cleanText(written)).toBe(written);
  });

  test("loses invisible characters between letters that need none; cleaning it twice gives the same as once", () => {
    const piece = fc.oneof(unseen, fc.constantFrom("张", "a", "Z", "é", "1", " ", "ا", "👨", joiner));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const cleaned = cleanText(pieces.join(""));
        expect(cleaned).not.toMatch(/[\u00ad\u200b\u200e\ufeff\u2060\u061c\u3164\u{e0041}]/u);
        expect(cleaned).not.toMatch(/[a-zé1]\ufe0f|[a-zé1]\u200d/iu);
        expect(cleanText(cleaned)).toBe(cleaned);
      }),
      { numRuns: 500 },
    );
  });

  test("is absent where it has no visible character", () => {
    for (const text of ["", " \t\n", "\u3000", zeroWidthSpace, "\u3164\ufeff", "\u2800"]) {
      expect(hasVisible(text)).toBe(false);
    }
    for (const text of ["0", `${zeroWidthSpace}张`, "👨", " a "]) expect(hasVisible(text)).toBe(true);
  });
});

describe("an identifier", () => {
  test.each([
    [`1001${leftToRight}`, "1001"],
    [`10${zeroWidthSpace}01`, "1001"],
    ["\u202a1001\u202c", "1001"],
    ["１００１", "1001"],
    ["ｗａｎｇ．ｗｅｉ", "wang.wei"],
    ["\u3000A\u3000１ ", "A 1"],
    ["Zoe\u0308", "Zoë"],
    ["葛\u{e0100}城", "葛城"],
    ["\t1001\r\n", "1001"],
    ["№ 5", "№ 5"],
    ["张三", "张三"],
  ])("%j is compared as %j", (written, text) => {
    expect(cleanIdentifier(written)).toEqual({ text });
  });

  test.each([
    ["control characters", "10\u000001", "invalid"],
    ["a delete character", "1001\u007f", "invalid"],
    ["control characters of the upper half", "10\u009f01", "invalid"],
    ["a line break inside", "10\n01", "invalid"],
    ["a line separator inside", "10\u202801", "invalid"],
    ["half of a surrogate pair", "10\ud800", "invalid"],
    ["more accents on a letter than any language has", `e${"\u0301".repeat(31)}`, "invalid"],
    ["a mark that reorders what is read", "10\u202e01", "ambiguous"],
    ["an isolate", "10\u206601", "ambiguous"],
    ["a non-joiner that changes the word", `مهدی${nonJoiner}زاده`, "ambiguous"],
    ["the sign of the unit kelvin, which would become a K", "mar\u212a", "ambiguous"],
  ])("with %s is refused", (_, written, problem) => {
    expect(cleanIdentifier(written)).toEqual({ problem });
  });

  test("is the same with and without spaces at its ends and invisible characters anywhere", () => {
    const visible = fc.array(fc.constantFrom(..."aZ09.-_@张"), { minLength: 1, maxLength: 8 });
    const filling = fc.array(unseen, { maxLength: 3 });
    const end = fc.array(fc.oneof(unseen, fc.constantFrom(" ", "\u00a0", "\u3000", "\n")), { maxLength: 4 });
    fc.assert(
      fc.property(visible, filling, end, end, (characters, inside, before, after) => {
        const written = [...before, characters.join(inside.join("")), ...after].join("");
        expect(cleanIdentifier(written)).toEqual({ text: characters.join("") });
      }),
      { numRuns: 500 },
    );
  });

  test("that is accepted has no invisible character, whatever was written, and does not change when it is cleaned again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (written) => {
        const { text } = cleanIdentifier(written);
        if (text === undefined) return;
        expect(text).not.toMatch(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/u);
        expect(cleanIdentifier(text)).toEqual({ text });
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a secret", () => {
  test("loses the characters that pasting adds, in every text that it holds", () => {
    expect(
      cleanSecret({
        key: `${byteOrderMark} s3cret\r\n`,
        nested: { list: [`a${zeroWidthSpace}b`, { deep: "c\t" }], count: 3, isOn: true, none: null },
      }),
    ).toEqual({ key: "s3cret", nested: { list: ["ab", { deep: "c" }], count: 3, isOn: true, none: null } });
  });

  test("keeps the line breaks inside of a PEM key, and spaces inside of any", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\nAwBQYD\n-----END PRIVATE KEY-----";
    expect(cleanSecret({ key: `\n${key}\n` })).toEqual({ key });
    expect(cleanSecret("Bearer a b")).toBe("Bearer a b");
  });
});

test("dashes that are used as a hyphen become a hyphen", () => {
  for (const dash of "‐‑‒–—―−⁃﹣－ー") expect(plainDashes(`1${dash}2`)).toBe("1-2");
  expect(plainDashes("1〜2")).toBe("1〜2");
});
