import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Change } from "#lib/contract/change.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { entryReader } from "#lib/layouts/find.ts";
import type { Layout, UploadKindName } from "#lib/layouts/layout.ts";
import * as registry from "#lib/layouts/registry.ts";
import { rowTranslator } from "#lib/uploads/rows/row-translator.ts";
import * as fc from "../properties.ts";
import {
  fixturesOf,
  foldersOf,
  golden,
  layoutSettings,
  memoryFile,
  readOrRefusal,
  readWhole,
} from "./files.ts";

// Every layout, by its fixtures: what a file of the product brings as people and as secrets.

const layouts: readonly Layout[] = Object.values(registry);
const kinds: readonly UploadKindName[] = ["users", "otp"];
const settings = { ...layoutSettings, translation: { region: "CN", departments: {}, customData: {} } };

test("every folder of a layout is registered, under its own name", () => {
  expect([...layouts.map(({ name }) => name), "plain"].toSorted()).toEqual(foldersOf("layouts"));
});

describe.each([...layouts.map(({ name }) => name), "plain"])("%s", (name) => {
  // Some formats hold files of one layout only.
  const own = fixturesOf("layouts", name);
  const fixtures = own.length > 0 ? own : fixturesOf("formats", name);

  test("has fixtures", () => {
    expect(fixtures.length).toBeGreaterThan(0);
  });

  describe.each(fixtures)("$path", ({ path, bytes }) => {
    test.each(kinds)("brings what its golden file says, as %s", async (kind) => {
      await expect(golden(await brought(path, bytes, kind))).toMatchFileSnapshot(
        resolve(`${path}.${kind}.json`),
      );
    });

    test("is of this layout", async () => {
      const read = await readOrRefusal(readWhole(memoryFile(path, bytes)));
      expect(read instanceof InboundError ? name : (read.layout ?? "plain")).toBe(name);
    });

    test("says something of any values", async () => {
      const read = await readOrRefusal(readWhole(memoryFile(path, bytes)));
      if (read instanceof InboundError) return;
      const records = read.rows.flatMap(({ values }) => (values ? [values] : []));
      if (records.length === 0) return;
      fc.assert(
        fc.property(
          fc.constantFrom(...records),
          fc.nat(),
          fc.jsonValue({ maxDepth: 3 }),
          fc.constantFrom(...kinds),
          (record, at, value, kind) => {
            const reader = readerOf(kind, read);
            if (!reader) return;
            for (const entry of reader.entries(replaced(record, at, value) as Record<string, unknown>)) {
              expect(["person", "secret"]).toContain(entry.kind);
            }
          },
        ),
        { numRuns: 200 },
      );
    });

    test.each(kinds)("is itself again once the secrets of its results are put back, as %s", async (kind) => {
      const read = await readOrRefusal(readWhole(memoryFile(path, bytes), kind));
      if (read instanceof InboundError) return;
      const translator = translatorOf(kind, read);
      if (!translator) return;
      for (const row of read.rows) {
        if (!row.values) continue;
        const before = translator.translate(row);
        const blanked = read.columns
          ? Object.fromEntries(read.columns.map((column, at) => [column, translator.redacted(row)[at]]))
          : (JSON.parse(translator.redacted(row)[0] ?? "") as Record<string, unknown>);
        const mended = putBack(blanked, row.values, (values) => {
          const entries = translator.translate({ ...row, values });
          // What a change needs is never left out in silence.
          expect(entries.map(({ kind: each, part }) => [each, part])).toEqual(
            before.map(({ kind: each, part }) => [each, part]),
          );
          const told = entries.map(({ change, problems }, at) => ({
            change: change ?? before[at]?.change,
            others:
              change || !before[at]?.change ? [] : problems.filter(({ code }) => !code.endsWith("-removed")),
          }));
          expect(told).toEqual(before.map(({ change }) => ({ change, others: [] })));
          return entries.flatMap(({ problems }) =>
            problems.flatMap(({ code, column }) => (code.endsWith("-removed") ? [column ?? ""] : [])),
          );
        });
        expect(translator.translate({ ...row, values: mended }).map(({ change }) => change)).toEqual(
          before.map(({ change }) => change),
        );
      }
    });

    test("shows no secret in its results", async () => {
      const read = await readOrRefusal(readWhole(memoryFile(path, bytes)));
      const rows = read instanceof InboundError ? [] : read.rows;
      const translators = kinds.flatMap((kind) =>
        read instanceof InboundError ? [] : (translatorOf(kind, read) ?? []),
      );
      const shown = translators.flatMap((translator) =>
        rows.flatMap((row) => {
          const text = translator.redacted(row).join("\n");
          return translator
            .translate(row)
            .flatMap(({ change }) => secretsOf(change))
            .filter((secret) => text.includes(secret));
        }),
      );
      expect(shown).toEqual([]);
    });
  });
});

function secretsOf(change: Change | undefined): string[] {
  if (change?.kind === "create") return [change.person.password ?? []].flat();
  if (change?.kind !== "import-otp") return [];
  return [change.otp.secret, change.otp.recoveryCode ?? []].flat();
}

type Read = Exclude<Awaited<ReturnType<typeof readWhole>>, InboundError>;

const tableOf = (kind: UploadKindName, { columns, layout }: Read) => ({
  kind,
  startedAt: "2026-11-27T08:00:00.000Z",
  columns,
  ...(layout !== undefined && { layout }),
});

function translatorOf(kind: UploadKindName, read: Read) {
  try {
    return rowTranslator(tableOf(kind, read), settings);
  } catch (error) {
    if (error instanceof InboundError) return undefined;
    throw error;
  }
}

function readerOf(kind: UploadKindName, { columns, layout }: Read) {
  try {
    return entryReader(layout, kind, columns, layoutSettings);
  } catch (error) {
    if (error instanceof InboundError) return undefined;
    throw error;
  }
}

async function brought(path: string, bytes: Buffer, kind: UploadKindName) {
  const read = await readOrRefusal(readWhole(memoryFile(path, bytes), kind));
  if (read instanceof InboundError) return { refused: read.reason };
  try {
    const translator = rowTranslator(tableOf(kind, read), settings);
    const rows = read.rows.map((row) => ({
      row: row.place,
      entries: translator.translate(row).map(({ kind: entry, part, change, problems, notes }) => ({
        [entry]: part ?? "",
        ...(change && { change }),
        ...(problems.length > 0 && { problems }),
        ...(notes.length > 0 && { notes }),
      })),
      results: translator.redacted(row),
    }));
    return {
      details: read.details,
      notes: translator.columnNotes(),
      unused: translator.unmappedColumns(),
      rows,
    };
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return { refused: error.reason, hint: error.hint };
  }
}

/** A copy in which one value, at any depth, is another one. */
function replaced(value: unknown, at: number, by: unknown): unknown {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const key = keys[at % (keys.length + 1)];
  if (key === undefined) return typeof value === "object" && value !== null && keys.length > 0 ? value : by;
  const inner = (value as Record<string, unknown>)[key];
  const next = replaced(inner, Math.floor(at / (keys.length + 1)), by);
  if (Array.isArray(value)) return value.with(Number(key), next);
  return { ...(value as object), [key]: next };
}

/** Puts back what a person is asked for, until nothing more is asked. */
function putBack(
  blanked: Record<string, unknown>,
  whole: Readonly<Record<string, unknown>>,
  asksFor: (values: Record<string, unknown>) => readonly string[],
): Record<string, unknown> {
  const values = structuredClone(blanked);
  for (let asked = asksFor(values); asked.length > 0; asked = asksFor(values)) {
    const before = JSON.stringify(values);
    for (const path of asked) putBackAt(values, whole, path);
    if (JSON.stringify(values) === before) throw new Error(`not found: ${asked.join(", ")}`);
  }
  return values;
}

/** Puts back what was removed at a path, or inside of it. */
function putBackAt(blanked: unknown, whole: unknown, path: string, here = ""): void {
  if (typeof blanked !== "object" || blanked === null) return;
  for (const [key, value] of Object.entries(blanked)) {
    const at = Array.isArray(blanked) ? `${here}[${key}]` : here === "" ? key : `${here}.${key}`;
    const own = (whole as Record<string, unknown>)[key];
    if (typeof value === "string" && value.includes("<removed>")) {
      if (path.startsWith(at) || at.startsWith(path)) (blanked as Record<string, unknown>)[key] = own;
    } else {
      putBackAt(value, own, path, at);
    }
  }
}
