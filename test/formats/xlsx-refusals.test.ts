import ExcelJS from "exceljs";
import { describe, expect, test } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import xlsx from "#lib/formats/xlsx/index.ts";
import { header, inline, openFile, parts, readAll, row, storedZipOf, zip, zipOf } from "./xlsx-file.ts";

describe("refusals", () => {
  const sound = parts({ rows: header + row(inline("1")) });
  const sheet = "xl/worksheets/sheet1.xml";
  const withSheet = (xml: string) => ({ ...sound, [sheet]: xml });
  const without = (name: string) =>
    Object.fromEntries(Object.entries(sound).filter(([part]) => part !== name));
  const entries = Object.entries(sound).map(([name, content]) => ({ name, content }));
  const changed = (change: object) =>
    zip(entries.map((entry) => (entry.name === sheet ? { ...entry, ...change } : entry)));
  const deep = `<a>`.repeat(200);

  test.each<[string, Uint8Array, string]>([
    ["an .xlsb", zipOf({ "xl/workbook.bin": "" }), "file-is-xlsb"],
    ["a file that is no zip", Buffer.from("PK\x03\x04 nothing"), "file-damaged"],
    ["an empty file", Buffer.alloc(0), "file-damaged"],
    ["a document of another kind", zipOf({ "word/document.xml": "<a/>" }), "workbook-part-missing"],
    ["a missing sheet", zipOf(without(sheet)), "workbook-part-missing"],
    ["missing relationships", zipOf(without("xl/_rels/workbook.xml.rels")), "sheet-missing"],
    ["missing shared strings", zipOf(without("xl/sharedStrings.xml")), "workbook-part-missing"],
    ["a sheet without rows", zipOf(parts({ rows: "" })), "header-missing"],
    ["a wrong checksum", changed({ checksum: 1 }), "file-damaged"],
    ["a wrong size", changed({ size: 10 }), "file-damaged"],
    ["an encrypted entry", changed({ flags: 0x801 }), "file-is-encrypted"],
    ["a part that is there twice", zip([...entries, ...entries]), "workbook-damaged"],
    ["a path that leads out of the zip", zipOf({ ...sound, "../x": "" }), "file-damaged"],
    [
      "too many entries",
      zip(Array.from({ length: 10_001 }, (_, at) => ({ name: `${at}`, content: "" }))),
      "too-many-entries",
    ],
    [
      "a part that unpacks to 300 times its size",
      changed({ content: `<worksheet>${" ".repeat(12_000_000)}</worksheet>` }),
      "workbook-too-large",
    ],
    ["a part that says it is too large", changed({ size: 600 * 1024 ** 2 }), "workbook-too-large"],
    [
      "a document type",
      zipOf(withSheet('<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>')),
      "workbook-damaged",
    ],
    [
      "an entity that is a property of any object",
      zipOf(withSheet("<worksheet>&constructor;</worksheet>")),
      "workbook-damaged",
    ],
    ["XML that is too deep", zipOf(withSheet(`<worksheet>${deep}`)), "workbook-damaged"],
    ["XML that ends early", zipOf(withSheet("<worksheet><sheetData>")), "workbook-damaged"],
    ["another root", zipOf(withSheet("<chartsheet/>")), "workbook-damaged"],
    [
      "bytes that are no text",
      changed({ content: Buffer.from("<worksheet>M\xfcller</worksheet>", "latin1") }),
      "workbook-damaged",
    ],
    ["an empty part", changed({ content: "" }), "workbook-damaged"],
    [
      "text without end",
      changed({ content: `<worksheet>${"&#x20;1 23 ".repeat(300_000)}`, isStored: true }),
      "workbook-too-large",
    ],
    ["rows that go backwards", zipOf(parts({ rows: '<row r="2"/><row r="2"/>' })), "workbook-damaged"],
    ["a row beyond the last one", zipOf(parts({ rows: '<row r="1048577"/>' })), "workbook-damaged"],
    [
      "cells that go backwards",
      zipOf(parts({ rows: '<row><c r="B1"/><c r="A1"/></row>' })),
      "workbook-damaged",
    ],
    ["a cell of another row", zipOf(parts({ rows: '<row r="1"><c r="B2"/></row>' })), "workbook-damaged"],
    ["a reference that is none", zipOf(parts({ rows: '<row r="1"><c r="1"/></row>' })), "workbook-damaged"],
    ["too many columns", zipOf(parts({ rows: '<row><c r="ALM1"><v>1</v></c></row>' })), "columns-too-many"],
  ])("refuses %s", async (_, bytes, reason) => {
    const error: unknown = await readAll(bytes).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(InboundError);
    expect((error as InboundError).reason).toBe(reason);
  });

  test("passes on why storage does not answer", async () => {
    const unavailable = new InboundError("unavailable", "object-missing");
    const file = openFile(zipOf(sound));
    const failing = {
      ...file,
      bytes: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(unavailable) }) }),
    };
    await expect(
      xlsx.open(failing, {
        knows: () => false,
        lists: [],
        around: [],
        headerless: [],
        keys: () => Promise.resolve({}),
      }),
    ).rejects.toBe(unavailable);
  });

  test("caps the texts that cells share", async () => {
    const strings = Array.from({ length: 1100 }, (_, at) => `<t>${String(at).padEnd(64_000, "x")}</t>`);
    await expect(readAll(storedZipOf(parts({ rows: header, strings })))).rejects.toMatchObject({
      code: "oversized",
      reason: "workbook-too-large",
      path: "shared strings",
    });
  });
});

describe("sheets", () => {
  const book = async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet("说明", { state: "hidden" }).addRow(["nothing"]);
    workbook.addWorksheet("People").addRows([["id"], ["1"]]);
    workbook.addWorksheet("离职").addRows([["工号"], ["2"]]);
    return new Uint8Array(await workbook.xlsx.writeBuffer());
  };

  test.each([
    [undefined, "People"],
    ["离职", "离职"],
    ["people", "People"],
    ["说明", "说明"],
  ])("asked for %s, reads %s", async (sheet, name) => {
    const { table } = await readAll(await book(), sheet === undefined ? {} : { sheet });
    expect(table.details["sheet"]).toBe(name);
  });

  test("says which sheets there are", async () => {
    await expect(readAll(await book(), { sheet: "Leute" })).rejects.toMatchObject({
      reason: "sheet-unknown",
      hint: 'the sheets of the workbook are "说明", "People", "离职"',
    });
  });

  test("does not read a chart", async () => {
    const all = parts({ rows: header });
    const chart = {
      ...all,
      "xl/_rels/workbook.xml.rels": all["xl/_rels/workbook.xml.rels"]!.replace('/worksheet"', '/chartsheet"'),
    };
    await expect(readAll(zipOf(chart))).rejects.toMatchObject({ reason: "sheet-missing" });
    await expect(readAll(zipOf(chart), { sheet: "Leute" })).rejects.toMatchObject({
      reason: "sheet-is-no-table",
    });
  });
});

describe("recognizes", () => {
  const sound = zipOf(parts({ rows: header }));
  test.each<[string, Uint8Array, boolean]>([
    ["people.xlsx", sound, true],
    ["people.bin", sound, true],
    ["people.xlsm", Buffer.from("PK\x03\x04"), true],
    ["people.zip", zipOf({ "people.csv": "id,xl/\n" }), false],
    ["people.xlsx", Buffer.from("id,email\n"), false],
  ])("%s", (name, bytes, expected) => {
    expect(xlsx.recognizes(openFile(bytes, { name }))).toBe(expected);
  });
});
