import { describe, expect, test } from "vitest";
import { configurableEncodings as encodings, type Encoding } from "#lib/contract/encodings.ts";
import { decodeHead, decodeText } from "#lib/formats/decode.ts";
import { encoderOf } from "#lib/formats/encode.ts";
import { findEncoding } from "#lib/formats/encoding.ts";
import * as fc from "../properties.ts";
import { piecesOf } from "./pieces.ts";

const decoded = async (bytes: Uint8Array, encoding: Encoding, size = 65_536) =>
  (await Array.fromAsync(decodeText(piecesOf(bytes, size), encoding))).join("");

const written = (text: string, encoding: Encoding) => Buffer.from(encoderOf(encoding)(text));
const has = (character: string, encoding: Encoding) =>
  character === "?" || written(character, encoding).toString() !== "?";

const allUnits = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit)).filter((unit) =>
  unit.isWellFormed(),
);

describe("what an encoder writes", () => {
  test.each(encodings)("in %s, a strict decoder reads back, every character of the BMP", async (encoding) => {
    const characters = allUnits.filter((unit) => has(unit, encoding));
    expect(characters.length).toBeGreaterThan(250);
    // The first one is no byte order mark.
    const text = characters.join("");
    expect((await decoded(written(text, encoding), encoding)) === text).toBe(true);
  });

  test("has all of Unicode in GB18030, and what lies beyond the BMP", async () => {
    // GB 18030-2022 gives the bytes of 18 private characters to others; no text that was decoded has them.
    const lacking = allUnits.filter((unit) => !has(unit, "gb18030")).join("");
    expect(lacking).toMatch(/^\p{Co}{18,19}$/u);
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc
            .integer({ min: 0, max: 0x10_ffff })
            .filter((point) => !/[\p{Co}\p{Cs}]/u.test(String.fromCodePoint(point)))
            .map((point) => String.fromCodePoint(point)),
        }),
        async (text) => {
          const expected = text.startsWith("\uFEFF") ? text.slice(1) : text;
          expect(await decoded(written(text, "gb18030"), "gb18030", 3)).toBe(expected);
        },
      ),
    );
    expect(written("𠮷\u{10FFFF}€", "gb18030").toString("hex")).toBe("9534b235e3329a35a2e3");
  });

  test("is what Windows writes", () => {
    expect(written("Zoë’s €", "windows-1252").toString("hex")).toBe("5a6feb92732080");
    expect(written("张伟", "gb18030").toString("hex")).toBe("d5c5ceb0");
    expect(written("張", "big5").toString("hex")).toBe("b169");
    expect(written("山ｱ", "shift_jis").toString("hex")).toBe("8e52b1");
    expect(written("김", "euc-kr").toString("hex")).toBe("b1e8");
    expect(written("山", "euc-jp").toString("hex")).toBe("bbb3");
  });

  test("has a question mark for a character that the encoding lacks", () => {
    expect(written("a张b", "windows-1252").toString()).toBe("a?b");
    expect(written("a𠮷b", "big5").toString()).toBe("a?b");
    expect(written("a\uD842b", "gb18030").toString()).toBe("a?b");
    expect(written("a\uD842b", "utf-16le").toString("utf16le")).toBe("a\uFFFDb");
  });
});

describe("decodeText", () => {
  const text = "工号,姓名\r\n1,张伟\n2,Zoë\r3,𠮷野家\n";
  test.each([1, 2, 3, 5, 7, 1000])("reads pieces of %i bytes", async (size) => {
    for (const encoding of ["utf-8", "utf-16le", "utf-16be", "gb18030"] as const) {
      expect(await decoded(written(text, encoding), encoding, size)).toBe(text);
      expect(await decoded(written(`\uFEFF${text}`, encoding), encoding, size)).toBe(text);
      expect(await decoded(written(`a\uFEFF${text}`, encoding), encoding, size)).toBe(`a\uFEFF${text}`);
    }
    expect(await decoded(written("Zoë’s œuvre, 20 €", "windows-1252"), "windows-1252", size)).toBe(
      "Zoë’s œuvre, 20 €",
    );
    expect(await decoded(written("山田ﾀﾛｳ", "shift_jis"), "shift_jis", size)).toBe("山田ﾀﾛｳ");
  });

  /** A byte, or bytes, that are no character of the encoding, wherever they stand. */
  const wrong: Record<Encoding, number[]> = {
    "utf-8": [0xff],
    "utf-16le": [0x00, 0xdc],
    "utf-16be": [0xdc, 0x00],
    gb18030: [0xff],
    "windows-1252": [0x81],
    big5: [0x80],
    shift_jis: [0xfd],
    "euc-kr": [0x81, 0x41],
    "euc-jp": [0x85],
  };
  test.each(encodings)("says the line of what is no %s, in pieces of any size", async (encoding) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "1,b", "\u00B0", "\r\n", "\n", "\r", "wxyz"), { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        async (parts, size) => {
          const known = parts.filter((part) => has(part, encoding));
          // Nothing that could be the first half of a character stands before it, and no LF that would end a CR after it.
          const before = `${known.join("")}.`;
          const bytes = Buffer.concat([
            written(before, encoding),
            Uint8Array.from(wrong[encoding]),
            written(",b\nc", encoding),
          ]);
          await expect(decoded(bytes, encoding, size)).rejects.toMatchObject({
            code: "malformed",
            reason: `text-not-${encoding.replace("_", "-")}`,
            path: `line ${before.split(/\r\n|\n|\r/).length}`,
          });
        },
      ),
    );
  });

  test("says the line of a text that ends within a character", async () => {
    for (const [encoding, bytes] of [
      ["utf-8", [0x61, 0x0a, 0xe5, 0xbc]],
      ["gb18030", [0x61, 0x0a, 0xd5]],
      ["utf-16le", [0x61, 0x00, 0x0a, 0x00, 0x61]],
    ] as const) {
      await expect(decoded(Uint8Array.from(bytes), encoding, 1)).rejects.toMatchObject({ path: "line 2" });
    }
  });

  test("never gives another text for what Node's decoders read beyond the standard", async () => {
    // Half a syllable of UHC, an extension of Big5: ICU gives U+0081 and a private character.
    await expect(decoded(Buffer.from("8141", "hex"), "euc-kr")).rejects.toMatchObject({ code: "malformed" });
    await expect(decoded(Buffer.from("c6a1", "hex"), "big5")).rejects.toMatchObject({ code: "malformed" });
  });

  test("reads a head that ends within a character", () => {
    expect(decodeHead(written("\uFEFF张伟", "utf-8").subarray(0, 8), "utf-8")).toBe("张");
    expect(decodeHead(written("张伟", "gb18030").subarray(0, 3), "gb18030")).toBe("张");
    expect(decodeHead(Uint8Array.of(0x80, 0x81), "windows-1252")).toBe("€\uFFFD");
  });
});

describe("findEncoding", () => {
  const names = new Set(["姓名", "工号", "email", "id", "女"]);
  const find = (content: Uint8Array, configured?: Encoding, size = 65_536) =>
    findEncoding(() => piecesOf(content, size), {
      ...(configured && { configured }),
      knows: (name) => names.has(name),
    });
  const chinese = "工号,姓名\r\n1,张伟\r\n2,王芳\r\n";
  const french =
    "id,email,nom\r\n1,a@example.com,Zoë Lefèvre\r\n2,b@example.com,René\r\n3,c@example.com,O’Connor\r\n";
  const western = (text: string) => written(text, "windows-1252");

  test.each<[string, Uint8Array, string | undefined, string?]>([
    ["UTF-8", written(chinese, "utf-8"), "utf-8", "valid-utf-8"],
    ["ASCII", written("id,email\n1,a@example.com\n", "utf-8"), "utf-8", "valid-utf-8"],
    ["UTF-8 with a mark", written(`\uFEFF${chinese}`, "utf-8"), "utf-8", "byte-order-mark"],
    ["UTF-16LE with a mark", written(`\uFEFF${chinese}`, "utf-16le"), "utf-16le", "byte-order-mark"],
    ["UTF-16BE with a mark", written(`\uFEFF${chinese}`, "utf-16be"), "utf-16be", "byte-order-mark"],
    ["GB18030 with a mark", written(`\uFEFF${chinese}`, "gb18030"), "gb18030", "byte-order-mark"],
    ["UTF-16LE", written(chinese, "utf-16le"), "utf-16le", "utf-16-by-zeros"],
    ["UTF-16BE", written(chinese, "utf-16be"), "utf-16be", "utf-16-by-zeros"],
    ["GB18030", written(chinese, "gb18030"), "gb18030", "chinese-header"],
    ["GB18030 of JSON", written('[{"id":"1","姓名":"张伟"}]', "gb18030"), "gb18030", "chinese-header"],
    ["windows-1252", western(french), "windows-1252", "only-windows-1252"],
    ["windows-1252 in capitals", western("id,email\r\n1,JOSÉ\r\n"), "windows-1252", "only-windows-1252"],
    ["text with one zero", written("id,e\0mail\n1,a@example.com\n", "utf-8"), "utf-8", "valid-utf-8"],
    ["text with single zeros", written("id,email\n1,a\0b@example.com,张\n", "utf-8"), "utf-8", "valid-utf-8"],
    ["a binary file", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), undefined],
    ["text padded with zeros", Buffer.from("id,email\0\0\0\0\0\0\0\0"), undefined],
    ["a binary file with single zeros", Buffer.from("id\0,\x01\x02\x03\0\x7f"), undefined],
  ])("finds %s", async (_, content, encoding, why) => {
    for (const size of [1, 2, 3, 65_536]) {
      expect(await find(content, undefined, size)).toEqual(encoding && { encoding, why });
    }
  });

  test("takes what is configured, but for a file that begins with a mark", async () => {
    expect(await find(written("名前", "shift_jis"), "shift_jis")).toEqual({
      encoding: "shift_jis",
      why: "configured",
    });
    expect(await find(written(`\uFEFF${chinese}`, "utf-8"), "gb18030")).toMatchObject({ encoding: "utf-8" });
  });

  test.each(["big5", "shift_jis", "euc-kr", "euc-jp"] as const)(
    "never takes %s for another",
    async (encoding) => {
      const texts = {
        big5: ["id,姓名\r\n1,張偉\r\n", "id,email\r\n1,陳\r\n", "id,email\r\n1,王小明\r\n"],
        shift_jis: ["id,名前\r\n1,山田太郎\r\n", "id,email\r\n1,本田\r\n", "id,email\r\n1,山,ﾔﾏﾀﾞ\r\n"],
        "euc-kr": ["id,이름\r\n1,김철수\r\n", "id,email\r\n1,김\r\n"],
        "euc-jp": ["id,名前\r\n1,山田太郎\r\n", "id,email\r\n1,山\r\n"],
      }[encoding];
      for (const text of texts) {
        await expect(find(written(text, encoding))).rejects.toMatchObject({
          code: "malformed",
          hint: expect.stringContaining(encoding),
        });
        // A single broken character makes no other encoding of it.
        await expect(
          find(Buffer.concat([written(text, encoding), Buffer.from([0xff, 0x2c])])),
        ).rejects.toMatchObject({
          code: "malformed",
        });
      }
    },
  );

  test.each([
    ["Cyrillic", "c8e2e0ed"],
    // Анна Елена: letters of windows-1252 each, in runs, and no text of an East Asian encoding.
    ["more Cyrillic", "c0edede020c5ebe5ede02c"],
    ["Polish", "7761b36573612c"],
    ["Turkish", "416cfe656e2c"],
    ["Greek", "c3e9fef1e3efff2c"],
    ["Czech", "4d61f8ed6b2c9e"],
  ])("does not take %s letters for windows-1252", async (_, hex) => {
    await expect(
      find(Buffer.concat([Buffer.from("id,email\n1,"), Buffer.from(hex, "hex")])),
    ).rejects.toMatchObject({
      code: "malformed",
    });
  });

  test("refuses a file that two encodings give different texts for, and names both", async () => {
    // ü and l are one character of GB18030, too.
    const german = western("id,email\r\n1,Müller\r\n");
    await expect(find(german)).rejects.toMatchObject({
      code: "malformed",
      reason: "encoding-ambiguous",
      hint: expect.stringMatching(/gb18030.*windows-1252.*uploads\.encoding/),
    });
    // 女 in GB18030 is Ů in UTF-8.
    await expect(find(written("id,女\r\n1,2\r\n", "gb18030"))).rejects.toMatchObject({
      reason: "encoding-ambiguous",
      hint: expect.stringMatching(/utf-8.*gb18030/),
    });
  });

  test("does not take Chinese without a Chinese header for granted, and says what it may be", async () => {
    await expect(find(written("id,email\r\n1,张伟\r\n", "gb18030"))).rejects.toMatchObject({
      code: "malformed",
      hint: expect.stringContaining("gb18030"),
    });
  });

  test("says the line of the one wrong byte of a file that is UTF-8 else", async () => {
    const content = Buffer.concat([written(chinese, "utf-8"), Uint8Array.of(0xff), Buffer.from("\n")]);
    for (const size of [1, 7, 65_536]) {
      await expect(find(content, undefined, size)).rejects.toMatchObject({
        reason: "text-not-utf-8",
        path: "line 4",
      });
    }
  });

  test("refuses UTF-32 by its name", async () => {
    for (const mark of ["fffe0000", "0000feff"]) {
      await expect(find(Buffer.from(mark, "hex"))).rejects.toMatchObject({ reason: "file-is-utf-32" });
    }
  });

  test("answers for any bytes, and decodes what it says is UTF-8", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const found = await find(bytes, undefined, 3).catch((error: unknown) => error);
        const isUtf8 = (found as { why?: string } | undefined)?.why === "valid-utf-8";
        expect(isUtf8 ? await decoded(bytes, "utf-8") : "").toEqual(expect.any(String));
        expect(found instanceof Error ? found : { code: "malformed" }).toMatchObject({ code: "malformed" });
      }),
      { numRuns: 2000 },
    );
  });
});
