import * as fc from "fast-check";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { csvRecord } from "#lib/formats/csv/write.ts";
import { maxRecordLength } from "#lib/formats/format.ts";
import * as registry from "#lib/formats/registry.ts";
import { cell, codes, quoted, readAll } from "./format-samples.ts";

const csvRows = async (content: string, size?: number) => readAll(registry.csv, content, size);

describe("csv", () => {
  test("agrees with csv-parse on well-formed tables", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        async (rows, lineEnd) => {
          const content = [["a", "b", "c"], ...rows]
            .map((cells) => cells.map(quoted).join(","))
            .join(lineEnd);
          const { rows: read } = await csvRows(content);
          const expected = parse(content, { record_delimiter: lineEnd }).slice(1);
          expect(read.map(({ original }) => original)).toEqual(
            expected.filter((cells) => cells.some((text) => text.trim() !== "")),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([
    [",", "name,email\n张三,a@example.com"],
    [";", "name;email\n张三, 李四;a@example.com"],
    ["tab", "name\temail\n张,三\ta@example.com"],
    ["|", "name|email\r\n张三|a@example.com"],
    [";", 'name;email\n"a,b";"c,d"'],
    [",", "email\na@example.com"],
    [";", "sep=;\r\nname;email\r\n张三;a@example.com"],
    ["^", "sep=^\nname^email\n张三^a@example.com"],
    [",", 'name,"e;mail"\n张三,a@example.com\n李四,b@example.com'],
  ])("finds the delimiter %s", async (delimiter, content) => {
    const { details, rows } = await csvRows(content);
    expect(details).toEqual({ format: "csv", encoding: "utf-8", delimiter });
    expect(rows.every(({ problems }) => problems.length === 0)).toBe(true);
  });

  test("counts a sep= line", async () => {
    expect((await csvRows("sep=;\na;b\n1;2")).rows[0]?.row).toBe(3);
  });

  test("does not guess between two delimiters", async () => {
    await expect(csvRows("a,b;c\n1,2;3")).rejects.toMatchObject({ reason: "delimiter-ambiguous" });
  });

  test("refuses only the bad rows, each by the line on which it starts", async () => {
    const { rows } = await csvRows(
      [
        "工号,姓名,备注", // 1
        '1,张三,"两行', // 2
        '的""备注"""', // 3
        "2,李四", // 4
        "3,王五,x,y", // 5
        "", // 6
        ",,", // 7
        '4,"a"b,c', // 8
        '5,5" disk,c', // 9
        "6,𠮷野,昇", // 10
        "",
      ].join("\n"),
      7,
    );
    expect(codes(rows)).toEqual([
      [2, []],
      [4, ["columns-missing"]],
      [5, ["columns-extra"]],
      [8, ["quote-misplaced"]],
      [9, ["quote-misplaced"]],
      [10, []],
    ]);
    expect(rows[0]?.values).toEqual({ 工号: "1", 姓名: "张三", 备注: '两行\n的"备注"' });
    expect(rows[1]).toMatchObject({ values: undefined, original: ["2", "李四"] });
    expect(rows[3]).toMatchObject({ values: undefined, original: ['4,"a"b,c'] });
  });

  test("refuses one line, not the file, because of a quote that is never closed", async () => {
    const { rows } = await csvRows('a,b\n1,x\n2,"y\n3,z\n4,w\n');
    expect(codes(rows)).toEqual([
      [2, []],
      [3, ["quote-unclosed"]],
      [4, []],
      [5, []],
    ]);
  });

  test.each([65536, 3_000_000])(
    "refuses one line because of a quote that is not closed within the limit, in pieces of %i",
    async (size) => {
      const many = "9,plain\n".repeat(maxRecordLength / 8 + 10);
      const { rows } = await csvRows(`a,b\n2,"y\n${many}3,"z"\n`, size);
      expect(rows.filter(({ problems }) => problems.length > 0)).toHaveLength(1);
      expect(rows.at(-1)).toMatchObject({ values: { a: "3", b: "z" } });
    },
  );

  test("accepts any name of a column, and different line ends in one file", async () => {
    const { rows } = await csvRows("__proto__,constructor\r\n1,2\r3,4\n5,6");
    expect(rows.map(({ values }) => [values?.["__proto__"], values?.["constructor"]])).toEqual([
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ]);
  });

  test.each([
    ["", "header-missing", "line 1"],
    ["\n\n  \n", "header-missing", "line 1"],
    ['\n"a"b,c\n1,2', "header-quote-misplaced", "line 2"],
  ])("refuses %j because of its header", async (content, reason, path) => {
    await expect(csvRows(content)).rejects.toMatchObject({ code: "malformed", reason, path });
  });

  test("writes what it reads back, with formulas disarmed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 2, maxLength: 2 }), async (cells) => {
        const { rows } = await csvRows(csvRecord(["a", "b"]) + csvRecord(["x", ...cells.slice(1)]));
        expect(rows[0]?.original[1]).toBe(/^[\r\t]/.test(cells[1]!) ? `'${cells[1]}` : cells[1]);
      }),
    );
    expect(csvRecord(["=1+1", "@x", "+86", "-1", "a-b"])).toBe("'=1+1,'@x,'+86,'-1,a-b\r\n");
  });
});

describe("json-lines", () => {
  test("refuses only the bad lines, each by its number", async () => {
    const { rows } = await readAll(registry.jsonLines, '{"a":1}\n\n{"a":\n[1]\nnull\n"x"\r\n{"a":2}');
    expect(codes(rows)).toEqual([
      [1, []],
      [3, ["json-invalid"]],
      [4, ["json-not-an-object"]],
      [5, ["json-not-an-object"]],
      [6, ["json-not-an-object"]],
      [7, []],
    ]);
  });
});
