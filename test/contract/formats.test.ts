import { readdirSync } from "node:fs";
import * as fc from "fast-check";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { csvRecord } from "#lib/formats/csv/write.ts";
import { detect, openTable } from "#lib/formats/detect.ts";
import { maxRecordLength, type Format, type Row } from "#lib/formats/format.ts";
import * as registry from "#lib/formats/registry.ts";

const CHUNK_SIZES = [1, 7, 1000, 65536];
const formats: readonly Format[] = Object.values(registry);

/** How a person would write rows in each format. A new format adds its line. */
const samples: Record<string, (columns: string[], rows: string[][]) => string> = {
  csv: (columns, rows) => [columns, ...rows].map((cells) => `${cells.map(quoted).join(",")}\r\n`).join(""),
  "json-lines": (columns, rows) =>
    rows
      .map((cells) => `${JSON.stringify(Object.fromEntries(cells.map((cell, i) => [columns[i], cell])))}\n`)
      .join(""),
};

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) || cell === "" ? `"${cell.replaceAll('"', '""')}"` : cell;
}

async function* pieces(content: string | Uint8Array, size = 65536): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(format: Format, content: string | Uint8Array, size?: number) {
  const { rows, ...table } = await format.open(pieces(content, size));
  return { ...table, rows: await Array.fromAsync(rows) };
}

const csvRows = async (content: string, size?: number) => readAll(registry.csv, content, size);
const codes = (rows: readonly Row[]) =>
  rows.map(({ row, problems }) => [row, problems.map(({ code }) => code)]);

/** Short rows past whatever a format looks at before it begins, so that pieces end within the rows that follow. */
const FILLER_ROWS = 350;
const filler = (columns: readonly string[]) =>
  Array.from({ length: FILLER_ROWS }, () => columns.map(() => "filler"));

/** Text as people have it, and as it hurts: quotes, delimiters, line ends, CJK, astral characters, accents. */
const cell = fc
  .array(
    fc.constantFrom(
      "张",
      "𠮷",
      "👩‍👩‍👧",
      "é",
      "e\u0301",
      "ü",
      '"',
      '""',
      ",",
      ";",
      "\n",
      "\r\n",
      "\r",
      " ",
      "'",
      "a",
      "0",
      "\ufeff",
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

test("every folder of a format is registered, under its own name", () => {
  const folders = readdirSync("lib/formats", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(formats.map(({ name }) => name).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  expect(Object.keys(samples).toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
  const extensions = formats.flatMap(({ extensions }) => extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
});

describe.each(formats.map((format) => [format.name, format] as const))("%s", (name, format) => {
  const write = samples[name]!;

  test.each(CHUNK_SIZES)("reads back what was written, in pieces of %i bytes", async (size) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constant("x"), cell, cell, cell), { minLength: 1, maxLength: 12 }),
        async (rows) => {
          const columns = ["工号", "姓名", "e-mail", "Notiz"];
          const read = await readAll(format, write(columns, [...filler(columns), ...rows]), size);
          expect(
            read.rows
              .slice(FILLER_ROWS)
              .map(({ values, problems }) => [columns.map((column) => values?.[column]), problems]),
          ).toEqual(rows.map((cells) => [cells, []]));
        },
      ),
      { numRuns: size === 1 ? 15 : 60 },
    );
  });

  test.each(CHUNK_SIZES)("takes a byte order mark off, in pieces of %i bytes", async (size) => {
    const { rows } = await readAll(format, `\ufeff${write(["邮箱"], [["li@example.com"]])}`, size);
    expect(rows[0]?.values).toMatchObject({ 邮箱: "li@example.com" });
  });

  test.each(CHUNK_SIZES)(
    "refuses bytes that are not UTF-8 and says in which line, in pieces of %i bytes",
    async (size) => {
      const sound = write(
        ["a", "b"],
        [
          ["1", "张"],
          ["2", "李"],
        ],
      );
      const lines = sound.split("\n").length;
      const content = Buffer.concat([Buffer.from(sound), Buffer.from([0xd5, 0xc5, 0x0a])]);
      await expect(readAll(format, content, size)).rejects.toMatchObject({
        code: "malformed",
        reason: "text-not-utf-8",
        path: `line ${lines}`,
      });
    },
  );

  test("refuses a file that ends within a character", async () => {
    const content = Buffer.from(
      write(["a", "b"], [["1", "张"]])
        .trimEnd()
        .replace(/["}]+$/, ""),
    ).subarray(0, -1);
    await expect(readAll(format, content)).rejects.toMatchObject({ reason: "text-not-utf-8" });
  });

  test("never throws anything but an InboundError, and numbers rows upwards", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary-ascii", maxLength: 200 }),
        fc.constantFrom(...CHUNK_SIZES),
        async (content, size) => {
          const read = await readAll(format, content, size).catch((error: unknown) => error as Error);
          const rows = "rows" in read ? read.rows : [];
          expect("rows" in read || read.name === "InboundError").toBe(true);
          expect(rows.map(({ row }) => row)).toEqual(
            [...new Set(rows.map(({ row }) => row))].toSorted((a, b) => a - b),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test("reads the same whatever the pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(fc.constantFrom('"', ",", "\n", "\r", "a", "{", "}", ":", "张"), { maxLength: 60 })
          .map((parts) => parts.join("")),
        async (end) => {
          const content = write(["a", "b"], filler(["a", "b"])) + end;
          const [first, ...others] = await Promise.all(
            CHUNK_SIZES.map((size) => readAll(format, content, size).catch((error: Error) => error.message)),
          );
          for (const other of others) expect(other).toEqual(first);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("gives its source back when reading stops early", async () => {
    let isClosed = false;
    async function* endless() {
      try {
        yield Buffer.from(write(["a"], [["1"], ["2"], ["3"]]));
        for (;;) yield Buffer.from(" ".repeat(70_000));
      } finally {
        isClosed = true;
      }
    }
    const { rows } = await format.open(endless());
    for await (const row of rows) {
      expect(row.values).toMatchObject({ a: "1" });
      break;
    }
    expect(isClosed).toBe(true);
  });

  test("refuses a record beyond the limit, without reading on", async () => {
    let read = 0;
    async function* endless() {
      yield Buffer.from(write(["a"], [["1"]]));
      for (;;) {
        read += 65536;
        yield Buffer.alloc(65536, "x");
      }
    }
    const rows = (await format.open(endless())).rows;
    await expect(Array.fromAsync(rows)).rejects.toMatchObject({
      code: "malformed",
      reason: "record-too-long",
    });
    expect(read).toBeLessThan(2.5 * maxRecordLength);
  });
});

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

  test("refuses bad rows alone, by the line they start on", async () => {
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

  test("loses one line, not the file, to a quote that is never closed", async () => {
    const { rows } = await csvRows('a,b\n1,x\n2,"y\n3,z\n4,w\n');
    expect(codes(rows)).toEqual([
      [2, []],
      [3, ["quote-unclosed"]],
      [4, []],
      [5, []],
    ]);
  });

  test.each([65536, 3_000_000])(
    "loses one line to a quote that is not closed within the limit, in pieces of %i",
    async (size) => {
      const many = "9,plain\n".repeat(maxRecordLength / 8 + 10);
      const { rows } = await csvRows(`a,b\n2,"y\n${many}3,"z"\n`, size);
      expect(rows.filter(({ problems }) => problems.length > 0)).toHaveLength(1);
      expect(rows.at(-1)).toMatchObject({ values: { a: "3", b: "z" } });
    },
  );

  test("takes any name for a column, and any line end in one file", async () => {
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
  ])("refuses %j for its header", async (content, reason, path) => {
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
  test("refuses bad lines alone, by their number", async () => {
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

describe("openTable", () => {
  const bytes = (text: string) => Buffer.from(text, "latin1");

  test.each([
    ["users.csv", "name,email\n", "csv"],
    ["incoming/users/2026.11/Leute.CSV", "name,email\n", "csv"],
    ["users.tsv", "name\temail\n", "csv"],
    ["users.ndjson", '{"email":"a@example.com"}\n', "json-lines"],
    ["users.jsonl", '{"email":"a@example.com"}\n', "json-lines"],
  ])("takes %s for what it is called", (name, head, format) => {
    expect(detect(name, Buffer.from(head)).name).toBe(format);
  });

  test.each([
    ["a.csv", "", "file-is-empty"],
    ["a.csv", "\x1f\x8b\x08", "file-is-gzip"],
    ["a.csv.gz", "\x1f\x8b\x08", "file-is-gzip"],
    ["a.zip", "PK\x03\x04", "file-is-zip"],
    ["a.xlsx", "PK\x03\x04", "file-is-xlsx"],
    ["a.csv", "PK\x03\x04", "file-is-zip"],
    ["a.xls", "\xd0\xcf\x11\xe0\xa1", "file-is-xls-or-protected-xlsx"],
    ["a.csv", "\xff\xfen\x00a\x00", "file-is-utf-16"],
    ["a.csv", "n\x00a\x00m\x00", "file-is-binary"],
    ["a.csv", "\xff\xfe\x00\x00", "file-is-utf-32"],
    ["a.ndjson.zst", "\x28\xb5\x2f\xfd", "file-is-zstandard"],
    ["a.csv.pgp", "-----BEGIN PGP MESSAGE-----", "file-is-openpgp"],
    ["a.csv", '\xef\xbb\xbf<?xml version="1.0"?>', "file-is-xml"],
    ["a.csv", '[{"email":', "file-is-json-document"],
    ["a.ndjson", '[\n {"email":', "file-is-json-document"],
    ["a.json", '{"users":[', "file-is-json-document"],
    ["a.csv", '{"email":"a@example.com"}', "file-is-json-lines"],
    ["a", "name,email\n", "file-extension-unknown"],
    ["dir.csv/a", "name,email\n", "file-extension-unknown"],
  ])("refuses %s that begins with %j: %s, and says what to do", async (name, head, reason) => {
    const opened = openTable(name, pieces(bytes(head)));
    await expect(opened).rejects.toMatchObject({
      code: "malformed",
      reason,
      hint: expect.stringMatching(/\w+/),
    });
  });

  test.each(CHUNK_SIZES)("gives the format the whole file, in pieces of %i bytes", async (size) => {
    const lines = Array.from({ length: 300 }, (_, index) => `${index},张三`);
    const { rows } = await openTable("a.csv", pieces(`id,name\n${lines.join("\n")}`, size));
    expect((await Array.fromAsync(rows)).map(({ original }) => original.join(","))).toEqual(lines);
  });
});
