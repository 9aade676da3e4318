import { readdirSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxRecordLength, type Format } from "#lib/formats/format.ts";
import * as registry from "#lib/formats/registry.ts";
import { cell, pieceSizes, quoted, readAll } from "./format-samples.ts";

const formats: readonly Format[] = Object.values(registry);

/** How a person would write rows in each format. A new format adds its line. */
const samples: Record<string, (columns: string[], rows: string[][]) => string> = {
  csv: (columns, rows) => [columns, ...rows].map((cells) => `${cells.map(quoted).join(",")}\r\n`).join(""),
  "json-lines": (columns, rows) =>
    rows
      .map((cells) => `${JSON.stringify(Object.fromEntries(cells.map((cell, i) => [columns[i], cell])))}\n`)
      .join(""),
};

/** More short rows than a format reads before it begins, so that pieces end within the rows that follow. */
const FILLER_ROWS = 350;
const filler = (columns: readonly string[]) =>
  Array.from({ length: FILLER_ROWS }, () => columns.map(() => "filler"));

test("every folder of a format is registered, under its own name", () => {
  const folders = readdirSync("lib/formats", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(formats.map(({ name }) => name).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  expect(Object.keys(samples).toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
  const extensions = formats.flatMap(({ extensions }) => extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
});

describe.each(formats.map((format) => [format.name, format] as const))("%s", (name, format) => {
  const write = samples[name]!;

  test.each(pieceSizes)("reads back what was written, in pieces of %i bytes", async (size) => {
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

  test.each(pieceSizes)("removes a byte order mark, in pieces of %i bytes", async (size) => {
    const { rows } = await readAll(format, `\ufeff${write(["邮箱"], [["li@example.com"]])}`, size);
    expect(rows[0]?.values).toMatchObject({ 邮箱: "li@example.com" });
  });

  test.each(pieceSizes)(
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
        fc.constantFrom(...pieceSizes),
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
            pieceSizes.map((size) => readAll(format, content, size).catch((error: Error) => error.message)),
          );
          for (const other of others) expect(other).toEqual(first);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("closes its source when reading stops early", async () => {
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
