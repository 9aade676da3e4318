import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import csv from "#lib/formats/csv/index.ts";
import { csvWriter } from "#lib/formats/csv/write.ts";
import {
  maxCellLength,
  maxColumnName,
  maxColumns,
  maxRecordLength,
  type ReadContext,
  type Row,
} from "#lib/formats/format.ts";
import * as fc from "../properties.ts";
import { textFile } from "./decoded-text.ts";

const known: ReadonlySet<string> = new Set(["工号", "姓名", "email", "username", "totp"]);
const context: ReadContext = {
  knows: (name) => known.has(name.trim()),
  lists: [],
  around: [],
  headerless: [],
  keys: () => Promise.resolve({}),
};

async function read(
  text: string,
  { length = 65_536, ...settings }: Partial<ReadContext> & { length?: number } = {},
) {
  const table = await csv.open(textFile(text, { length }), { ...context, ...settings });
  const rows = await Array.fromAsync(table.rows);
  return { ...table, rows, end: table.end?.() };
}
const codes = (rows: readonly Row[]) =>
  rows.map(({ place, problems }) => [place, ...problems.map(({ code }) => code)]);

/** Cells as people write them, and as no person does. */
const cell = fc
  .oneof(
    fc.constantFrom(
      "张伟",
      "Zoë",
      "a b",
      "",
      " ",
      "研发, 平台",
      'say "hi"',
      "two\nlines",
      "cr\rlf\r\n",
      '"',
      ";",
      "\t",
      "|",
      "'",
    ),
    fc.string({ unit: "grapheme", maxLength: 8 }),
  )
  .filter((text) => !text.includes("\0"));
const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 });
const isBlank = (cells: readonly string[]) => cells.every((text) => text.trim() === "");
const header = ["工号", "姓名", "备注"];

/** More records than the beginning that is read at once, the last ones short, so that pieces end within the records behind them. */
const fillerCells = [
  ...Array.from({ length: 66 }, () => "f".repeat(1_000)),
  ...Array.from({ length: 20 }, () => "f"),
];
const filler = (delimiter: string) =>
  [["x", ...header], ...fillerCells.map((text) => [text, "", "", ""])]
    .map((cells) => `${cells.join(delimiter)}\n`)
    .join("");

describe("a well-formed table", () => {
  test("is read as csv-parse reads it", async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\n", "\r\n", "\r"),
        async (rows, delimiter, lineEnd) => {
          const quoted = [header, ...rows].map((cells) =>
            cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter),
          );
          const text = quoted.join(lineEnd);
          const expected = parse(text, { delimiter, record_delimiter: lineEnd }).slice(1) as string[][];
          const { rows: given } = await read(text);
          expect(given.map(({ original }) => original)).toEqual(expected.filter((cells) => !isBlank(cells)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([1, 2, 7, 1000])("is read back as it was written, in pieces of %i characters", async (length) => {
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom(",", ";", "\t", "|"), async (rows, delimiter) => {
        const record = csvWriter({ delimiter });
        const text = filler(delimiter) + rows.map((cells) => record(["x", ...cells])).join("");
        const { rows: given, columns } = await read(text, { length, delimiter });
        expect(columns).toEqual(["x", ...header]);
        const safe = (value: string) => (/^[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value);
        expect(given.slice(fillerCells.length).map(({ values }) => Object.values(values ?? {}))).toEqual(
          rows.map((cells) => ["x", ...cells.map(safe)]),
        );
      }),
      { numRuns: 100 },
    );
  });
});

test("any text gives rows or a refusal, the same in pieces of any size", async () => {
  const signs = fc.constantFrom(
    ",",
    ";",
    '"',
    '""',
    "\n",
    "\r",
    "\r\n",
    "a",
    "张",
    "工号",
    "email",
    "\0",
    " ",
    "sep=;\n",
    "#",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(signs, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (parts, length, isFar) => {
        const text = (isFar ? filler(",") : "") + parts.join("");
        const [whole, pieces] = await Promise.all([
          read(text).catch((error: Error) => ({ error })),
          read(text, { length }).catch((error: Error) => ({ error })),
        ]);
        const told = (given: object) =>
          JSON.stringify(given, (_, value: unknown) => (value instanceof Error ? value.message : value));
        expect(told(pieces)).toBe(told(whole));
        expect("error" in whole ? whole.error : { code: "malformed" }).toMatchObject({ code: "malformed" });
      },
    ),
    { numRuns: 600 },
  );
});

describe("a quote that is never closed", () => {
  test.each([65_536, 3_000_000])(
    "costs its line, not the file, in pieces of %i characters",
    async (length) => {
      const many = "9,plain\n".repeat(maxRecordLength / 8 + 10);
      const { rows } = await read(`username,b\n2,"y\n${many}3,"z"\n`, { length });
      expect(rows.filter(({ problems }) => problems.length > 0)).toHaveLength(1);
      expect(rows.at(-1)?.values).toMatchObject({ username: "3", b: "z" });
    },
  );
});

describe("hostile texts", () => {
  // In quadratic time each of them would take minutes.
  const length = 1_000_000;
  test.each([
    ["quotes that are wrong in every line", 'a,"b"c\n'],
    ["quotes that are opened in every line", '"a\n'],
    ["quotes that are opened in the last cell of every line", 'a,b,"c\n'],
    ["doubled quotes only", '""""'],
    ["quotes, each a cell", '"",'],
    ["line feeds", "\n"],
    ["carriage returns", "\r"],
    ["delimiters", ","],
    ["lines of one cell", "a\n"],
    ["lines with wrong quotes and CR", 'a"b\r'],
    ["headers again and again", "username,x\n"],
    ["totals", "合计,1\n"],
    ["U+0000", "\0,\n"],
  ])("of %s are read in linear time", async (_, part) => {
    for (const pieceLength of [100, length]) {
      const text = `username,x\n${part.repeat(length / part.length)}`;
      const given = await read(text, { length: pieceLength }).catch((error: unknown) => error);
      expect(given).toMatchObject(
        given instanceof Error ? { code: "malformed" } : { columns: ["username", "x"] },
      );
    }
  });

  test("with one quote far before the end are read in linear time", async () => {
    const { rows } = await read(`username,x\n${"1,2\n".repeat(200_000)}1,"2\n${"1,2\n".repeat(200_000)}`, {
      length: 10,
    });
    expect(rows).toHaveLength(400_001);
  });
});

describe("limits", () => {
  test("a cell that is too long costs its row, and names its column", async () => {
    const long = "长".repeat(maxCellLength + 1);
    const { rows } = await read(`username,备注\na,${long}\nb,"${long}"\nc,${long.slice(1)}\n`);
    expect(rows.map(({ values, problems }) => [values?.["username"], problems])).toEqual([
      [undefined, [{ code: "cell-too-long", column: "备注" }]],
      [undefined, [{ code: "cell-too-long", column: "备注" }]],
      ["c", []],
    ]);
  });

  test.each(["", `"`, `"a\n",`, "x,"])(
    "a line that begins with %j and is longer than a record costs its row, wherever it ends",
    async (beginning) => {
      const long = beginning + "x".repeat(maxRecordLength + 1);
      for (const lineEnd of ["\n", "\r\n", "\r"]) {
        for (const rest of [
          "",
          lineEnd,
          `${lineEnd}a${lineEnd}`,
          `${"x".repeat(3 * maxRecordLength)}${lineEnd}a`,
        ]) {
          const text = `username${lineEnd}${long}${rest}`;
          const { rows } = await read(text, { length: 65_537 });
          const lines = text.split(/\r\n|\n|\r/);
          const at = lines.findIndex((line) => line.length > maxRecordLength) + 1;
          const told = rows.map(({ place, values, problems }) => [
            place,
            values?.["username"],
            problems[0]?.code,
          ]);
          expect(told).toContainEqual([`line ${at}`, undefined, "record-too-long"]);
          const next = lines[at] ? [[`line ${at + 1}`, "a", undefined]] : [];
          expect(told).toEqual(expect.arrayContaining(next));
        }
      }
    },
  );

  test.each([
    ["a header that is longer than a record", "x".repeat(maxRecordLength + 1)],
    ["a name of a column that is longer than any name", `email,${"x".repeat(maxColumnName + 1)}`],
  ])("%s is refused", async (_, header) => {
    await expect(read(`${header}\na\n`, { length: 65_536 })).rejects.toMatchObject({
      reason: "header-too-long",
      path: "line 1",
    });
  });

  test("a header with too many columns is refused", async () => {
    const columns = Array.from({ length: maxColumns + 1 }, (_, index) => `c${index}`);
    await expect(read(columns.join(","))).rejects.toMatchObject({
      code: "oversized",
      reason: "columns-too-many",
    });
    await expect(read(columns.slice(1).join(","))).resolves.toMatchObject({ rows: [] });
  });
});

describe("the delimiter", () => {
  test("is that of the configuration before all", async () => {
    const { columns, details } = await read("sep=,\n姓名;工号,x\n", { delimiter: ";" });
    expect([columns, details.delimiter]).toEqual([["姓名", "工号,x"], ";"]);
  });

  test("is the one by which names of columns are known", async () => {
    const { columns } = await read("工号;姓名\n1;a, b, c\n2;a, b, c\n");
    expect(columns).toEqual(["工号", "姓名"]);
  });

  test("is the one that cuts evenly, where no name is known", async () => {
    const { details } = await read("a;b;c\n1;2,5;3\n4;5;6\n7;8,5;9,1\n");
    expect(details.delimiter).toBe(";");
  });
});

describe("a table without a header", () => {
  const headerless = [
    {
      columns: ["serial", "key", "type"],
      recognizes: (records: readonly (readonly string[])[]) =>
        records.every(([, key = ""]) => /^[0-9a-f]{8}$/.test(key)),
    },
  ];
  test("is recognised, though a value is the name of a column", async () => {
    const { columns, rows, details } = await read(
      "# version: 2\n\nS1,00112233,totp\nS2,00112233\nS3,00112233,,\nS4,00112233,a,b\n",
      {
        headerless,
      },
    );
    expect(columns).toEqual(["serial", "key", "type"]);
    expect(details).toMatchObject({ header: "none", delimiter: "," });
    expect(codes(rows)).toEqual([["line 3"], ["line 4"], ["line 5"], ["line 6", "columns-extra"]]);
    expect(rows[1]?.values).toMatchObject({ serial: "S2", type: "" });
  });

  test("has the delimiter by which it is recognised", async () => {
    expect((await read("S1;00112233;a,b\nS2;00112234;a,b\n", { headerless })).details.delimiter).toBe(";");
  });

  test("is not looked for below a header", async () => {
    expect((await read("username,email\n1,00112233\n", { headerless })).columns).toEqual([
      "username",
      "email",
    ]);
  });
});

describe("the header", () => {
  test("is no record with values that are names of columns", async () => {
    const { columns, rows } = await read(
      "Kontakt,Kanal,Ersatz,Ort,Land\n1,email,x,y,z\n2,totp,username,y,z\n",
    );
    expect(columns).toEqual(["Kontakt", "Kanal", "Ersatz", "Ort", "Land"]);
    expect(rows).toHaveLength(2);
  });

  test("stands below lines that fill fewer cells", async () => {
    const { columns, details } = await read(
      "Export of 2026,,\nall,people,\n#,x,\nemail,Kanal,Ersatz\na,b,c\n",
    );
    expect(columns).toEqual(["email", "Kanal", "Ersatz"]);
    expect(details).toMatchObject({ headerLine: "4", recordsAboveHeader: "2" });
  });
});

describe("a delimiter at the end of the lines", () => {
  test("of the records only is accepted in all of the first ones, and noted", async () => {
    const text = `username,email\n${"a,b@example.com,\n".repeat(50)}c,d,e\nf,g\nh,\n`;
    const { rows, details, columns, end } = await read(text);
    expect(columns).toEqual(["username", "email"]);
    expect(details).toMatchObject({ delimiterAtLineEnd: "yes" });
    expect(codes(rows.slice(49))).toEqual([
      ["line 51"],
      ["line 52", "columns-extra"],
      ["line 53"],
      ["line 54", "columns-missing"],
    ]);
    expect(rows.at(-1)?.original).toEqual(["h"]);
    expect(end?.filledColumns).toBe(2);
  });

  test("of a single record is a cell too many", async () => {
    expect(codes((await read("username,email\na, b,\n")).rows)).toEqual([["line 2", "columns-extra"]]);
  });
});

test("a record with too many cells makes each short one doubtful", async () => {
  const full = "username,email,city\na,a@example.com,\n";
  expect((await read(`${full}b,b@example.com\n`)).end?.filledColumns).toBe(2);
  expect((await read(`${full}b,b@example.com\nc,x,y,z\n`)).end?.filledColumns).toBe(3);
});

describe("instructions", () => {
  test.each([
    "必填，不超过 20 字,选填",
    "（必填）,（选填）",
    "Required,Optional",
    "示例：张三,zhang.san@example.com",
    "张三（示例）,zhang.san@example.com",
    "Example: Chris,chris@example.com",
    "填写说明：请勿修改表头,",
  ])("below the header are skipped and counted: %s", async (line) => {
    const { rows, end } = await read(`姓名,email\n${line}\n王芳,wang.fang@example.com\n${line}\n`);
    // Further below, only a person would know.
    expect(rows.map(({ place }) => place)).toEqual(["line 3", "line 4"]);
    expect(end?.details).toEqual({ skippedRows: "1", skippedLines: "2" });
  });

  test.each([
    "例,li@example.com",
    "必胜,bi@example.com",
    "Required,a@example.com",
    "optional.user,optional@example.com",
    "示例一,a@example.com",
  ])("are no names that resemble them: %s", async (line) => {
    expect((await read(`姓名,email\n${line}\n`)).rows).toHaveLength(1);
  });
});

describe("a total", () => {
  test.each([
    ["合计,3", true],
    [",合计：3 人", true],
    ["Total,12", true],
    ["Total,13800138000", false],
    ["总计,王芳", false],
    ["Total,", false],
    ["合计 3 人,", true],
    ["Tolstoi,3", false],
  ])("%s: %s", async (line, isTotal) => {
    const [row] = (await read(`姓名,email\n${line}\n`)).rows;
    expect(row?.problems).toEqual(isTotal ? [{ code: "row-is-total" }] : []);
    expect(row?.values === undefined).toBe(isTotal);
  });
});

describe("a file", () => {
  test.each([
    ["people.csv", "anything", true],
    ["people.tsv", "{", true],
    ["people", "a,b\n1,2\n3,4\n", true],
    ["people.json", "a;b\n1;2\n", true],
    ["people", "a,b\n1\n", false],
    ["people", "one text\nin two lines\n", false],
    ["people", '{"a":1,"b":2}\n{"a":1,"b":2}\n', false],
    ["people", "<a>,</a>\n<b>,</b>\n", false],
  ])("%s of %j is a CSV: %s", (name, text, isCsv) => {
    expect(csv.recognizes({ ...textFile(text), name })).toBe(isCsv);
  });

  test("without text is none", () => {
    const { text: _, ...binary } = textFile("a,b\n1,2\n");
    expect(csv.recognizes({ ...binary, name: "people.csv" })).toBe(false);
  });

  test("is closed when its reader stops, and when it is refused", async () => {
    for (const text of ["username\na\nb\n", "\n\n"]) {
      let closed = 0;
      const file = textFile(text, { length: 3 });
      const pieces = async function* () {
        try {
          yield* file.text!.pieces();
        } finally {
          closed += 1;
        }
      };
      const reading = async () => {
        const opened = await csv.open({ ...file, text: { ...file.text!, pieces } }, context);
        for await (const row of opened.rows) return row.place;
        return undefined;
      };
      await reading().catch(() => undefined);
      expect(closed).toBe(1);
    }
  });
});

test("a writer quotes what needs it, in its own dialect", () => {
  const record = csvWriter({ delimiter: ";", lineEnd: "\n" });
  expect(record(["a,b", "c;d", 'e"f', " g", "h\ni", "=1+1", "@x", "+86", "-1", "a-b", "张"])).toBe(
    `a,b;"c;d";"e""f";" g";"h\ni";'=1+1;'@x;'+86;'-1;a-b;张\n`,
  );
});
