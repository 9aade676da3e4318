import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTableOn } from "#lib/formats/detect.ts";
import { maxRecordLength, type Format, type Row } from "#lib/formats/format.ts";
import * as registry from "#lib/formats/registry.ts";
import { cutIntoChunks } from "#lib/uploads/cut-into-chunks.ts";

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads the rows of a file in one piece, and chunk by chunk, each chunk from its own bytes only. */
async function readBothWays(
  format: Format,
  bytes: Uint8Array,
  size: { rows: number; bytes: number },
  pieceBytes = 7,
) {
  const table = await format.open(piecesOf(bytes, pieceBytes));
  const whole = await Array.fromAsync(table.rows);
  const chunks = await cutIntoChunks((await format.open(piecesOf(bytes, 4096))).rows, size);
  const apart: Row[] = [];
  for (const { row, rows, start, end } of chunks) {
    let left = rows;
    if (left === 0) continue;
    for await (const each of readTableOn(table, piecesOf(bytes.subarray(start, end), pieceBytes), {
      row,
      start,
    }).rows) {
      apart.push(each);
      left -= 1;
      if (left === 0) break;
    }
  }
  return { whole, apart, chunks };
}

/** Pieces of tables, some of which are hard to read. */
const parts = {
  csv: [
    "张",
    "𠮷",
    "é",
    "a",
    '"',
    '""',
    '"a\nb"',
    '"a,𠮷\r\nb"',
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\uFEFF",
    " ",
  ],
  "json-lines": ['{"a":"张𠮷"}', '{"a":1}', "{", "null", "\n", "\n", "\r\n", " ", "\uFEFF"],
} as const;

describe.each(Object.values(registry).map((format: Format) => [format.name, format] as const))(
  "a file of %s that is read chunk by chunk",
  (name, format) => {
    test("has the rows it has in one piece, wherever it is cut", async () => {
      let cuts = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom("", "\uFEFF"),
          fc.constantFrom("\n", "\r\n", "\r"),
          fc.array(fc.constantFrom(...parts[name as keyof typeof parts]), { maxLength: 80, size: "max" }),
          fc.record({ rows: fc.integer({ min: 1, max: 6 }), bytes: fc.integer({ min: 1, max: 200 }) }),
          async (mark, lineEnd, rest, size) => {
            const header = name === "csv" ? `a,b${lineEnd}` : "";
            const { whole, apart, chunks } = await readBothWays(
              format,
              Buffer.from(mark + header + rest.join("")),
              size,
            );
            expect(apart).toEqual(whole);
            expect(chunks.reduce((sum, { rows }) => sum + rows, 0)).toBe(whole.length);
            cuts += chunks.length - 1;
          },
        ),
        { numRuns: 1000 },
      );
      expect(cuts).toBeGreaterThan(2000);
    });

    test("begins each row at its first byte", async () => {
      const text = name === "csv" ? 'a,b\n\n张,"1\n2"\n𠮷,3\n' : '{"a":"张"}\n\n{"a":"𠮷"}\n';
      const bytes = Buffer.from(`\uFEFF${text}`);
      const { whole } = await readBothWays(format, bytes, { rows: 1, bytes: 1 });
      expect(whole.map(({ start, end }) => bytes.subarray(start, end).toString())).toEqual(
        name === "csv" ? ['张,"1\n2"\n', "𠮷,3\n"] : ['{"a":"张"}\n', '{"a":"𠮷"}\n'],
      );
    });
  },
);

describe("a chunk", () => {
  test("holds as many rows as it may, and ends with the row that fills its bytes", async () => {
    const rows = Array.from({ length: 10 }, (_, index) => `${index},xx\n`).join("");
    const bytes = Buffer.from(`a,b\n${rows}`);
    const byRows = await readBothWays(registry.csv, bytes, { rows: 4, bytes: 1000 });
    expect(byRows.chunks).toEqual([
      { row: 2, rows: 4, start: 4, end: 24 },
      { row: 6, rows: 4, start: 24, end: 44 },
      { row: 10, rows: 2, start: 44, end: 54 },
    ]);
    const byBytes = await readBothWays(registry.csv, bytes, { rows: 100, bytes: 11 });
    expect(byBytes.chunks.map((chunk) => chunk.rows)).toEqual([3, 3, 3, 1]);
    const byWholeRows = await readBothWays(registry.csv, bytes, { rows: 100, bytes: 10 });
    expect(byWholeRows.chunks.map((chunk) => chunk.rows)).toEqual([2, 2, 2, 2, 2]);
  });

  test("reaches beyond the next one where the end of a quote must be found, but not beyond the longest record", async () => {
    const lines = "9,plain\n".repeat(10);
    const { whole, apart, chunks } = await readBothWays(
      registry.csv,
      Buffer.from(`a,b\n1,"open\n${lines}2,"x" y\n`),
      { rows: 3, bytes: 1000 },
    );
    expect(apart).toEqual(whole);
    expect(whole[0]?.problems).toEqual([{ code: "quote-misplaced" }]);
    expect(chunks[0]?.end).toBeGreaterThan(chunks[1]?.start ?? Infinity);

    const many = "9,plain\n".repeat(maxRecordLength / 8 + 10);
    const far = await readBothWays(
      registry.csv,
      Buffer.from(`a,b\n1,"open\n${many}2,"x" y\n`),
      { rows: 50_000, bytes: maxRecordLength },
      65_536,
    );
    const starts = (rows: readonly Row[]) => rows.map(({ row, start }) => `${row} ${start}`).join();
    expect(starts(far.apart) === starts(far.whole)).toBe(true);
    expect(far.apart[0]).toEqual(far.whole[0]);
    expect(far.whole[0]?.problems).toEqual([{ code: "quote-unclosed" }]);
    expect(far.chunks[0]?.end).toBe(far.chunks[1]?.start);
  });

  test("exists without rows when the file has none", async () => {
    const { chunks } = await readBothWays(registry.csv, Buffer.from("a,b\n"), { rows: 1, bytes: 1 });
    expect(chunks).toEqual([{ row: 1, rows: 0, start: 0, end: 0 }]);
  });
});
