import ExcelJS from "exceljs";
import { describe, expect, test } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import * as fc from "../properties.ts";
import { header, inline, parts, readAll, row, storedZipOf, zipOf } from "./xlsx-file.ts";

describe("as exceljs writes", () => {
  const text = fc
    .string({ unit: fc.constantFrom(..."ab 张三ä&<>\"'😀\n_x0"), maxLength: 12 })
    .filter((text) => text.trim() !== "" && !/_x/.test(text));
  const value = fc.oneof(
    text.map((text) => [text, text] as const),
    fc
      .tuple(text, text)
      .map(([a, b]) => [{ richText: [{ text: a }, { font: { bold: true }, text: b }] }, a + b] as const),
    fc
      .integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 })
      .map((number) => [number, String(number)] as const),
    fc.boolean().map((truth) => [truth, String(truth)] as const),
    text.map((text) => [{ formula: "A1", result: text }, text] as const),
    fc
      .date({
        min: new Date("1904-01-02T00:00:00Z"),
        max: new Date("2199-12-31T00:00:00Z"),
        noInvalidDate: true,
      })
      .map((date) => {
        date.setUTCMilliseconds(0);
        const [day, time] = date.toISOString().slice(0, 19).split("T");
        return [date, time === "00:00:00" ? day! : `${day} ${time}`] as const;
      }),
    fc.constant([null, ""] as const),
  );

  test.each([false, true])("reads back what was written, counted from 1904: %s", async (date1904) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value, value), { maxLength: 8 }),
        fc.constantFrom(1, 100, 65_536),
        async (table, size) => {
          const workbook = new ExcelJS.Workbook();
          workbook.properties.date1904 = date1904;
          const sheet = workbook.addWorksheet("Leute");
          sheet.addRow(["id", "a", "b", "c"]);
          for (const cells of table) sheet.addRow(["x", ...cells.map(([written]) => written)]);
          const { rows } = await readAll(new Uint8Array(await workbook.xlsx.writeBuffer()), { size });
          expect(rows.map(({ original, problems }) => [original, problems])).toEqual(
            table.map((cells) => [["x", ...cells.map(([, read]) => read.replaceAll("\r\n", "\n"))], []]),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("hostile bytes", () => {
  const people = zipOf(
    parts({
      formats: [14, "00000"],
      strings: ["<t>张三</t>", "<r><t>李</t></r><r><t>四</t></r>"],
      rows:
        header +
        row('<c t="s"><v>0</v></c>', '<c s="1"><v>45320</v></c>') +
        row('<c t="s"><v>1</v></c>', '<c s="2"><v>7</v></c>'),
    }),
  );
  const stored = storedZipOf(parts({ rows: header + row(inline("1")) }));
  const readOrRefused = async (bytes: Uint8Array) => {
    const result: unknown = await readAll(bytes).catch((error: unknown) => error);
    return result instanceof Error && !(result instanceof InboundError) ? result : "rows or a refusal";
  };

  test("truncated anywhere, is refused", async () => {
    for (let end = 0; end < people.length; end += 1)
      await expect(readAll(people.subarray(0, end))).rejects.toBeInstanceOf(InboundError);
  });

  test.each([
    ["packed", people],
    ["stored", stored],
  ])("with changed bytes, gives rows or a refusal (%s)", async (_, bytes) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (changes) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of changes) changed[at] = byte;
          expect(await readOrRefused(changed)).toBe("rows or a refusal");
        },
      ),
      { numRuns: 600 },
    );
  });

  test("with changed XML and sound checksums, gives rows or a refusal", async () => {
    const sound = parts({
      formats: [14, "00000"],
      strings: ["<t>张三</t>"],
      rows: header + row('<c r="A2" t="s"><v>0</v></c>', '<c s="1"><v>45320</v></c>'),
    });
    const names = Object.keys(sound).slice(1);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.tuple(fc.nat(2000), fc.constantFrom(...'<>/"=&;0 9-Ae[')), {
          minLength: 1,
          maxLength: 3,
        }),
        async (name, changes) => {
          const content = [...sound[name]!];
          for (const [at, character] of changes) content[at % content.length] = character;
          const changed = zipOf({ ...sound, [name]: content.join("") });
          expect(await readOrRefused(changed)).toBe("rows or a refusal");
        },
      ),
      { numRuns: 600 },
    );
  });
});
