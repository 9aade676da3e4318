import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { formats } from "#lib/formats/registry.ts";
import * as fc from "../properties.ts";
import {
  fixturesOf,
  foldersOf,
  golden,
  memoryFile,
  pieceSizes,
  readFormat,
  readOrRefusal,
  type ReadTable,
} from "./files.ts";

// Every format, attacked by its fixtures: a format that is added is attacked without a new line here.

test("every folder of a format is registered, under its own name", () => {
  expect(formats.map(({ name }) => name).toSorted()).toEqual(foldersOf("formats"));
  const extensions = formats.flatMap((format) => format.extensions);
  expect(new Set(extensions).size).toBe(extensions.length);
});

const told = ({ rows, end, ...table }: ReadTable) => ({
  ...table,
  rows: rows.map(({ values, original, ...row }) => ({
    ...row,
    ...(values === undefined ? { original } : table.columns ? { cells: original } : { values }),
  })),
  ...(end && { end }),
});

describe.each(formats.map(({ name }) => name))("%s", (name) => {
  const fixtures = fixturesOf("formats", name);

  test("has fixtures", () => {
    expect(fixtures.length).toBeGreaterThan(0);
  });

  describe.each(fixtures)("$path", ({ path, bytes }) => {
    test("gives the rows of its golden file, in pieces of any size", async () => {
      const [first, ...others] = await Promise.all(
        pieceSizes.map(async (size) => {
          const read = await readOrRefusal(readFormat(memoryFile(path, bytes, size)));
          return golden(read instanceof InboundError ? refusal(read) : told(read));
        }),
      );
      for (const other of others) expect(other === first).toBe(true);
      await expect(first).toMatchFileSnapshot(resolve(`${path}.rows.json`));
    });

    test("is read by this format, by its content or by its name", async () => {
      const read = await readOrRefusal(readFormat(memoryFile(path, bytes)));
      expect(read instanceof InboundError ? name : read.details.format).toBe(name);
    });

    test("gives each row a place of its own, and values by the columns", async () => {
      const read = await readOrRefusal(readFormat(memoryFile(path, bytes)));
      if (read instanceof InboundError) return;
      const places = read.rows.map(({ place }) => place);
      expect(new Set(places).size).toBe(places.length);
      for (const { values, original } of read.rows) {
        if (!values || !read.columns) continue;
        // Columns that have one name are told apart by their place only.
        const cells = new Map(read.columns.map((column, index) => [column, original[index] ?? ""]));
        expect(new Map(Object.entries(values))).toEqual(cells);
      }
    });

    test("cut off or damaged anywhere, gives rows or a refusal, and nothing else", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(bytes.length),
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }),
          fc.constantFrom(...pieceSizes.slice(1)),
          async (length, flips, size) => {
            const damaged = Buffer.from(bytes);
            for (const [at, byte] of flips) damaged[at] = byte;
            const cut = flips.length === 0 ? damaged.subarray(0, length) : damaged;
            const read = await readOrRefusal(readFormat(memoryFile(path, cut, size)));
            const isRefused = read instanceof InboundError;
            expect(isRefused ? read.code : "malformed").toMatch(/^(?:malformed|oversized|misconfigured)$/);
            const rows = isRefused ? [] : read.rows;
            expect(
              rows.filter(({ values, problems }) => values === undefined && problems.length === 0),
            ).toEqual([]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
});

function refusal({ code, reason, path, hint }: InboundError) {
  return {
    refused: { code, reason, ...(path !== undefined && { path }), ...(hint !== undefined && { hint }) },
  };
}
