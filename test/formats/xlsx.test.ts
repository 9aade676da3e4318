import { describe, expect, test } from "vitest";
import { maxCellLength, maxColumnName } from "#lib/formats/format.ts";
import { header, inline, parts, readAll, row, storedZipOf, zipOf } from "./xlsx-file.ts";

/** What one cell is read as, in the column `x`. */
async function cell(xml: string, options: Omit<Parameters<typeof parts>[0], "rows"> = {}) {
  const { rows } = await readAll(zipOf(parts({ ...options, rows: header + row(inline("1"), xml) })));
  const { values, problems, notes } = rows[0]!;
  return {
    text: values?.["x"],
    codes: [...problems, ...(notes ?? [])].map(({ code, column }) => `${code} ${column}`),
  };
}

describe("numbers", () => {
  test.each([
    ["13800138000", "13800138000"],
    ["1.3800138E+10", "13800138000"],
    ["1E5", "100000"],
    ["-1.5e-3", "-0.0015"],
    ["0", "0"],
    ["0E-999", "0"],
    ["12.50", "12.50"],
    [" 7 ", "7"],
    ["1.1000000000000001", "1.1"],
    ["12345.670000000002", "12345.67"],
    ["1.0000000000000001E-7", "0.0000001"],
    ["999999999999999", "999999999999999"],
  ])("reads %s as %s", async (raw, text) => {
    expect(await cell(`<c><v>${raw}</v></c>`)).toEqual({ text, codes: [] });
  });

  test.each([
    ["110101199003070011", "110101199003070011"],
    ["1.1010119900307E+17", "110101199003070000"],
    ["1E+15", "1000000000000000"],
  ])("does not believe %s, which has lost digits", async (raw, text) => {
    expect(await cell(`<c><v>${raw}</v></c>`)).toEqual({ text, codes: ["number-inexact x"] });
  });

  test.each(["abc", "1e999", "NaN", "--1", ".", "1".repeat(100)])("cannot read %s", async (raw) => {
    expect((await cell(`<c><v>${raw}</v></c>`)).codes).toEqual(["cell-unreadable x"]);
  });

  test.each([
    ["00000", "42", "00042", ["leading-zeros-of-format x"]],
    ["[$-804]00000;@", "42", "00042", ["leading-zeros-of-format x"]],
    ["00000", "123456", "123456", []],
    ["0", "42", "42", []],
    ["0.00", "42", "42", []],
    ["0.00%", "0.5", "0.5", []],
    ["0.00E+00", "42", "42", []],
    ['#,##0.00 "days"', "42", "42", []],
    ["[Red]#,##0\\d", "42", "42", []],
    ["General", "42", "42", []],
    ["[h]:mm", "1.5", "1.5", []],
  ])("shows with the format %s the number %s as %s", async (format, raw, text, codes) => {
    expect(await cell(`<c s="1"><v>${raw}</v></c>`, { formats: [format] })).toEqual({ text, codes });
  });
});

describe("days", () => {
  test.each([
    [14, "45320", "2024-01-29"],
    [22, "45320.354166666664", "2024-01-29 08:30:00"],
    [57, "45320", "2024-01-29"],
    ['yyyy"年"m"月"d"日"', "45320", "2024-01-29"],
    ["[$-404]e/m/d", "45320", "2024-01-29"],
    ["mmm-yy", "45320", "2024-01-29"],
    ["yyyy-mm-dd", "45319.999999", "2024-01-29"],
    ["yyyy-mm-dd", "1", "1900-01-01"],
    ["yyyy-mm-dd", "59", "1900-02-28"],
    ["yyyy-mm-dd", "60", "1900-02-29"],
    ["yyyy-mm-dd", "61", "1900-03-01"],
    ["yyyy-mm-dd", "0", "1900-01-00"],
    ["yyyy-mm-dd", "2958465", "9999-12-31"],
    [20, "0.5", "12:00:00"],
    ["h:mm AM/PM", "0.75", "18:00:00"],
  ])("reads with the format %s the number %s as %s", async (format, raw, text) => {
    expect(await cell(`<c s="1"><v>${raw}</v></c>`, { formats: [format] })).toEqual({ text, codes: [] });
  });

  test.each([
    ["0", "1904-01-01"],
    ["43858", "2024-01-29"],
    ["60", "1904-03-01"],
  ])("counts %s from 1904 as %s", async (raw, text) => {
    expect(await cell(`<c s="1"><v>${raw}</v></c>`, { formats: [14], date1904: true })).toEqual({
      text,
      codes: [],
    });
  });

  test.each(["-1", "2958466"])("cannot read day %s", async (raw) => {
    expect((await cell(`<c s="1"><v>${raw}</v></c>`, { formats: [14] })).codes).toEqual([
      "cell-unreadable x",
    ]);
  });

  test.each([
    ["2024-01-29", "2024-01-29"],
    ["2024-01-29T00:00:00Z", "2024-01-29"],
    ["2024-01-29T08:30:00.000+08:00", "2024-01-29 08:30:00"],
  ])("reads the day %s of Strict Open XML as %s", async (raw, text) => {
    expect(await cell(`<c t="d"><v>${raw}</v></c>`)).toEqual({ text, codes: [] });
  });
});

describe("other cells", () => {
  test.each([
    ['<c t="b"><v>1</v></c>', "true"],
    ['<c t="b"><v>0</v></c>', "false"],
    ['<c t="e"><v>#N/A</v></c>', "#N/A"],
    ['<c t="str"><f>A1</f><v>张三</v></c>', "张三"],
    ['<c t="str"><f>A1</f><v></v></c>', ""],
    ["<c><f>1+1</f><v>2</v></c>", "2"],
    ['<c t="s"><v>0</v></c>', "李四"],
    ['<c t="s"><v>1</v></c>', "Ünal  Öz"],
    ['<c t="s"><v>2</v></c>', "a\r\nb_x000D_😀"],
    ['<c t="s"><v>3</v></c>', "东京"],
    [
      '<c t="inlineStr"><is><r><t>王</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 五&amp;</t></r></is></c>',
      "王 五&",
    ],
    ["<c t='inlineStr'><is><t><![CDATA[<赵>]]></t></is></c>", "<赵>"],
  ])("reads %s", async (xml, text) => {
    const strings = [
      "<t>李四</t>",
      '<r><t>Ünal</t></r><r><rPr><b/></rPr><t xml:space="preserve">  Öz</t></r>',
      "<t>a_x000D_\nb_x005F_x000D__xD83D__xDE00_</t>",
      '<t>东京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
    ];
    expect(await cell(xml, { strings })).toEqual({ text, codes: [] });
  });

  test.each([
    ["<c><f>1+1</f></c>", "formula-without-value x"],
    ["<c><f>1+1</f><v></v></c>", "formula-without-value x"],
    ['<c t="s"><v>7</v></c>', "cell-unreadable x"],
    ['<c t="s"><v>-1</v></c>', "cell-unreadable x"],
    ['<c t="b"><v>2</v></c>', "cell-unreadable x"],
    ['<c t="?"><v>2</v></c>', "cell-unreadable x"],
    ['<c s="9"><v>2</v></c>', "cell-unreadable x"],
  ])("cannot read %s", async (xml, code) => {
    expect((await cell(xml)).codes).toEqual([code]);
  });

  test("refuses the file when it is the name of a column and longer than any name", async () => {
    const rows = row(inline("id"), inline("x".repeat(maxColumnName + 1))) + row(inline("1"));
    await expect(readAll(zipOf(parts({ rows })))).rejects.toMatchObject({ reason: "header-too-long" });
  });

  test("costs a row, not the file, when it is too long", async () => {
    const long = inline("x".repeat(maxCellLength + 1));
    const escaped = inline("_x000D_".repeat(maxCellLength));
    const rows = header + row(inline("1"), long) + row(inline("2"), escaped) + row(inline("3"));
    const { rows: read } = await readAll(zipOf(parts({ rows })));
    expect(read.map(({ values, problems }) => [values?.["id"], problems])).toEqual([
      [undefined, [{ code: "cell-too-long", column: "x" }]],
      ["2", []],
      ["3", []],
    ]);
    expect(read[1]!.values!["x"]).toBe("\r".repeat(maxCellLength));
  });

  test("costs a row when the row is too long", async () => {
    const strings = [`<t>${"x".repeat(maxCellLength)}</t>`];
    const names = Array.from({ length: 40 }, (_, at) => inline(`c${at}`));
    const rows = row(...names) + row(...names.map(() => '<c t="s"><v>0</v></c>')) + row(inline("1"));
    const { rows: read } = await readAll(zipOf(parts({ rows, strings })));
    expect(read.map(({ problems }) => problems)).toEqual([[{ code: "record-too-long" }], []]);
  });
});

describe("tables", () => {
  test("puts cells where their references say, and skips empty rows", async () => {
    const rows =
      '<row r="3"><c r="A3" t="str"><v>id</v></c><c r="C3" t="str"><v>email</v></c><c r="D3" s="0"/></row>' +
      '<row r="4"><c r="A4"/></row><row r="7"><c r="C7" t="str"><v>a@example.com</v></c></row>' +
      '<row><c t="str"><v>8</v></c><c t="str"><v>named by letters</v></c></row>' +
      '<row><c r="A11" t="str"><v>9</v></c><c r="XFD11" s="0"/></row>' +
      '<row r="12"><c r="A12" t="str"><v>10</v></c><c r="E12" t="str"><v>beside</v></c></row>' +
      '<row r="13"><c r="B13"><f>1</f></c></row>';
    const { table, rows: read } = await readAll(zipOf(parts({ rows })));
    expect(table.columns).toEqual(["id", "", "email"]);
    expect(
      read.map(({ place, values, original, problems }) => [
        place,
        values && { ...values },
        original,
        problems,
      ]),
    ).toEqual([
      ["Leute!7", { id: "", "": "", email: "a@example.com" }, ["", "", "a@example.com"], []],
      ["Leute!8", { id: "8", "": "named by letters", email: "" }, ["8", "named by letters", ""], []],
      ["Leute!11", { id: "9", "": "", email: "" }, ["9", "", ""], []],
      ["Leute!12", undefined, ["10", "", "", "", "beside"], [{ code: "columns-extra" }]],
      [
        "Leute!13",
        { id: "", "": "", email: "" },
        ["", "", ""],
        [{ code: "formula-without-value", column: "B" }],
      ],
    ]);
  });

  test("tells hidden rows and columns, merged cells and how many columns are filled", async () => {
    const { table, rows } = await readAll(
      zipOf(
        parts({
          before: '<cols><col min="2" max="16384" hidden="1"/></cols>',
          rows: `${row(inline("read me"))}${row(inline("id"), inline("x"), inline("y"))}<row hidden="1">${inline("1")}</row>${row(inline("2"), inline("2"))}`,
          after: '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="A3:A4"/></mergeCells>',
        }),
      ),
    );
    expect(table.details).toEqual({ format: "xlsx", sheet: "Leute", dateSystem: "1900", headerRow: "2" });
    expect(rows).toHaveLength(2);
    expect(table.end!()).toEqual({
      filledColumns: 2,
      details: { hiddenRows: "1", hiddenColumns: "2", mergedCells: "1" },
    });
  });

  test("takes the first row for the header when no name is known, and looks no further than 20 rows", async () => {
    const many = Array.from({ length: 20 }, (_, at) => row(inline(`line ${at}`))).join("");
    const { table, rows } = await readAll(zipOf(parts({ rows: many + header + row(inline("1")) })));
    expect(table.columns).toEqual(["line 0"]);
    expect(rows).toHaveLength(21);
  });

  test("reads parts in UTF-16, with prefixes, and in the names of Strict Open XML", async () => {
    const all: Record<string, string | Uint8Array> = parts({ rows: "" });
    const sheet = `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData><x:row><x:c t="str"><x:v>工号</x:v></x:c></x:row><x:row><x:c t="str"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>`;
    all["xl/worksheets/sheet1.xml"] = Buffer.from(`\uFEFF${sheet}`, "utf16le");
    const { rows } = await readAll(storedZipOf(all), { size: 1 });
    expect(rows.map(({ values }) => ({ ...values }))).toEqual([{ 工号: "1" }]);
  });
});

describe("rows of a template", () => {
  test("are skipped below the header, and a total is rejected", async () => {
    const rows = [
      header,
      row(inline("示例：10001"), inline("张三")),
      row(inline("20201"), inline("孙悟空")),
      row(inline("id"), inline("x")),
      row(inline("示例：不再是模板"), inline("沙僧")),
      row(inline("合计"), "<c><v>2</v></c>"),
    ].join("");
    const { table, rows: read } = await readAll(zipOf(parts({ rows })));
    expect(read.map(({ original, problems }) => [original[0], problems.map(({ code }) => code)])).toEqual([
      ["20201", []],
      ["示例：不再是模板", []],
      ["合计", ["row-is-total"]],
    ]);
    expect(table.end!().details).toEqual({ skippedRows: "2", skippedRowNumbers: "2, 4" });
  });
});
