import { describe, expect, test } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { parseExactly } from "#lib/formats/json-exact.ts";
import { maxRecordLength, type Row } from "#lib/formats/format.ts";
import json from "#lib/formats/json/index.ts";
import jsonLines from "#lib/formats/json-lines/index.ts";
import * as fc from "../properties.ts";
import { readContext, textFile } from "./text-file.ts";
import { plainJson, written, writtenOf } from "./written-json.ts";

const lists = ["users", "[].users", "a.b[].c", "Resources"];

async function read(text: string, pieceLength = 65_536, format = json) {
  const table = await format.open(textFile(text, "people.json", pieceLength), readContext(lists, ["email"]));
  const rows: Row[] = [];
  let error: unknown;
  try {
    for await (const row of table.rows) rows.push(row);
  } catch (thrown) {
    error = thrown;
  }
  return { list: table.list, rows, error, end: table.end?.() };
}

/** The refusal, here or after rows. */
async function refusalOf(text: string, pieceLength?: number): Promise<InboundError | undefined> {
  const error = await read(text, pieceLength).then(
    (given) => given.error,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !(error instanceof InboundError)) throw error;
  return error;
}

/** Whether the document is well-formed. A key that comes twice refuses it before the rest is read, and says nothing of that. */
async function isTaken(text: string, pieceLength: number): Promise<boolean> {
  const given = await read(text, pieceLength).catch((error: unknown) => ({ error, rows: [] as Row[] }));
  const { error, rows } = given;
  if (error !== undefined && !(error instanceof InboundError)) throw error;
  if (error?.reason === "json-key-twice") return isJson(text);
  const isInvalid = rows.some(({ problems }) => problems.some(({ code }) => code === "json-invalid"));
  return !isInvalid && error?.reason !== "json-invalid";
}

const pieceLength = fc.constantFrom(1, 2, 7, 64, 65_536);

test("any list, anywhere in a document, gives the elements of JSON.parse, however it is written and cut", async () => {
  const key = fc
    .string({ unit: "binary", maxLength: 5 })
    .filter((name) => !["users", "a", "Resources"].includes(name));
  await fc.assert(
    fc.asyncProperty(
      fc.array(plainJson, { maxLength: 5 }),
      fc.dictionary(key, plainJson, { maxKeys: 3 }),
      fc.dictionary(key, plainJson, { maxKeys: 3 }),
      fc.infiniteStream(fc.nat()),
      pieceLength,
      async (records, before, after, choices, length) => {
        const rest = Object.fromEntries(
          Object.entries(after).filter(([name]) => !Object.hasOwn(before, name)),
        );
        const document = { ...before, users: records, ...rest };
        const text = written(writtenOf(document), choices);
        const { list, rows, error } = await read(text, length);
        expect([list, error]).toEqual(["users", undefined]);
        expect(rows.map(({ place }) => place)).toEqual(records.map((_, index) => `users[${index}]`));
        for (const [index, { values, original, problems }] of rows.entries()) {
          const record = records[index];
          const isRecord = typeof record === "object" && record !== null && !Array.isArray(record);
          expect(values).toEqual(isRecord ? record : undefined);
          expect(problems).toEqual(isRecord ? [] : [{ code: "json-not-an-object" }]);
          expect(parseExactly(original[0] ?? "").value).toEqual(record);
          expect(original[0]).not.toMatch(/[\r\n]/);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a document is well-formed when JSON.parse says so", async () => {
  const sign = fc.constantFrom(
    ..."{}[]\",:\\ \n\t0123-+.eEtfn/u\u0000\ufeff\u00a0'".split(""),
    "true",
    "null",
    "\\u00",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(plainJson, fc.record({ x: plainJson, users: fc.array(plainJson), y: plainJson })),
      fc.infiniteStream(fc.nat()),
      fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.option(sign)), { maxLength: 2 }),
      pieceLength,
      async (value, choices, edits, length) => {
        let text = written(writtenOf(value), choices);
        for (const [at, cut, added] of edits) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + (added ?? "") + text.slice(start + cut);
        }
        expect(await isTaken(text, length)).toBe(isJson(text));
      },
    ),
    { numRuns: 3000 },
  );
});

test("any text of the signs of JSON is well-formed when JSON.parse says so", async () => {
  const signs = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    '"a"',
    '"users"',
    ",",
    ":",
    "1",
    "-0",
    "1e5",
    "01",
    ".5",
    "true",
    "nul",
    " ",
    '"',
    "\\",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(signs, { maxLength: 12 }), pieceLength, async (parts, length) => {
      const text = parts.join("");
      // An object without a list and without a known key is refused for that, and is read to its end before.
      expect(await isTaken(text, length)).toBe(isJson(text));
    }),
    { numRuns: 5000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test("lines give what JSON.parse gives for each, however they are cut", async () => {
  const line = fc.oneof(
    plainJson.map((value) => JSON.stringify(value)),
    fc.constantFrom("", " \t", "{", "\ufeff", "\u00a0", '{"a":1} x', '{"a":"\\ud83d"}'),
    fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\n]/g, "")),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.constantFrom("\n", "\r\n"), pieceLength, async (all, end, length) => {
      const { rows } = await read(all.join(end), length, jsonLines);
      const expected = all.flatMap((text, index) =>
        /^[ \t]*$/.test(text)
          ? []
          : [{ place: `line ${index + 1}`, value: isJson(text) ? parseExactly(text).value : undefined }],
      );
      expect(rows.map(({ place, values }) => ({ place, values }))).toEqual(
        expected.map(({ place, value }) => ({
          place,
          values: typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined,
        })),
      );
    }),
    { numRuns: 500 },
  );
});

describe("where the records are", () => {
  test.each([
    ['[{"users":"none"},{"users":[]},{"users":[{}]}]', "[].users", ["[2].users[0]"]],
    ['[{"users":"none"},{"users":[]}]', "[]", ["[0]", "[1]"]],
    ['{"a":{"b":[{"c":[{}]},{"c":[{},{}]}]}}', "a.b[].c", ["a.b[0].c[0]", "a.b[1].c[0]", "a.b[1].c[1]"]],
    ['{"a":{"b":{"c":[{}]}},"Resources":[{}]}', "Resources", ["Resources[0]"]],
    ['{"users":["x"],"Resources":[{}]}', "Resources", ["Resources[0]"]],
    ['{"users":[],"Resources":[]}', "users", []],
    ['{"users":{"users":[{}]},"email":"x"}', undefined, ["document"]],
  ])("%s", async (text, list, places) => {
    const given = await read(text, 3);
    expect([given.list, given.rows.map(({ place }) => place), given.error]).toEqual([
      list,
      places,
      undefined,
    ]);
  });

  test("other lists are told", async () => {
    expect((await read('{"users":[{}],"Resources":[{}]}')).end).toEqual({
      details: { otherLists: "Resources" },
    });
    expect((await read('[{"users":[{}]}]')).end).toEqual({});
  });

  test("is decided within bounds in a list of which each element could hold a list", async () => {
    const [record, count] = [`{"name":"${"x".repeat(1000)}"}`, 2 * Math.ceil(maxRecordLength / 1000)];
    const given = await read(`[${Array.from({ length: count }, () => record).join(",")},{"users":[{}]}]`);
    expect([given.list, given.rows.length]).toEqual(["[]", count + 1]);
  });
});

test.each([
  ['[{"a":1},\n{"a":2},\n]', "json-invalid", "line 3"],
  ['{"users":[{"a":1}]\n\n,"x":tru}', "json-invalid", "line 3"],
  ['{"users":[{"a":1}],\n"x":"\t"}', "json-invalid", "line 2"],
  ['[{"a":1}\n}', "json-invalid", "line 2"],
  ['[{"a":[1\n}]', "json-invalid", "line 2"],
  ['[{"a":1}]\n\ufeff', "json-invalid", "line 2"],
  ['[{"a":1}]\n{"a":2}', "json-invalid", "line 2"],
  ['[{"a":1},\n"abc', "json-invalid", "line 2"],
  ['{"users":[{}],\n"users":[]}', "json-key-twice", "line 2"],
  ['{"users":[{}],\n"\\u0075sers":0}', "json-key-twice", "line 2"],
  ['{"data":[{}],\n"other":1}', "json-list-missing", undefined],
  ["7", "json-list-missing", undefined],
])("refuses %j with its line", async (text, reason, path) => {
  for (const length of [1, 5, 65_536]) {
    expect(await refusalOf(text, length)).toMatchObject({ code: "malformed", reason, path });
  }
});

test("rows before the damage are given", async () => {
  const { rows, error } = await read('[{"a":1},{"a":2},}');
  expect(rows.map(({ values }) => values)).toEqual([{ a: 1 }, { a: 2 }]);
  expect(error).toMatchObject({ reason: "json-invalid", path: "line 1" });
});

describe("hostile documents", () => {
  const million = 1_000_000;
  test.each([
    ["a million brackets", "[".repeat(million)],
    ["a million braces", '{"a":'.repeat(million)],
    ["a skipped string without an end", `{"x":"${"\\\\".repeat(million)}`],
    ["a record without an end", `[{"x":"${'\\"'.repeat(million)}`],
    ["a million keys", `{${Array.from({ length: 300_000 }, (_, index) => `"${index}":0`).join(",")}}`],
    ["a long key", `{"${"k".repeat(million)}":1}`],
    ["a long number", `{"x":${"1".repeat(million)}}`],
  ])("%s is refused", async (_, text) => {
    for (const length of [1000, 65_536]) expect((await refusalOf(text, length))?.code).toBe("malformed");
  });

  test.each([
    ["deep", `{"a":${"[".repeat(million)}${"]".repeat(million)}}`, "record-too-long"],
    ["deeper than 64", `{"a":${"[".repeat(1000)}{}${"]".repeat(1000)}}`, "json-too-deep"],
    ["long", `{"a":"${"\\\\".repeat(million)}"}`, "record-too-long"],
    ["a long number", `${"1".repeat(million)}`, "record-too-long"],
    ["a long string", `"${'\\"'.repeat(million)}"`, "record-too-long"],
  ])("a record that is %s costs its row only", async (_, record, code) => {
    for (const length of [1000, 65_536]) {
      const { rows, error } = await read(`[{"a":1},${record},{"a":2}]`, length);
      expect(error).toBeUndefined();
      expect(rows.map(({ problems }) => problems)).toEqual([[], [{ code }], []]);
    }
    const { rows } = await read(`{"a":1}\n${record}\n{"a":2}`, 1000, jsonLines);
    expect(rows.map(({ place, problems }) => [place, problems.length])).toEqual([
      ["line 1", 0],
      ["line 2", 1],
      ["line 3", 0],
    ]);
  });

  test("long values that are no records are skipped", async () => {
    const long = `{"blob":"${"x".repeat(3 * million)}","list":[${"1,".repeat(million)}1],"users":[{"a":1}]}`;
    expect((await read(long)).rows).toHaveLength(1);
  });
});

describe("recognises", () => {
  const lines = '{"a":1}\n{"a":2}\n';
  test.each([
    ["people.json", '[{"a":1}]', "document"],
    ["people.ndjson", ' [\n{"a":1},\n{"a":2}]', "document"],
    ["people.json", '{"users":[]}\n', "document"],
    ["people.json", '{\n  "users": [\n{"a":1}\n]}', "document"],
    ["people.jsonl", '{\n  "users": [\n{"a":1}\n]}', "document"],
    ["people.json", lines, "lines"],
    ["people.txt", lines, "lines"],
    ["people.ndjson", '{"a":1}', "lines"],
    ["people.ndjson", '{"a":1\n{"a":2}', "lines"],
    ["people.ndjson", 'oops\n{"a":2}', "lines"],
    ["people.json", '{"a":}\n{"a":2}', "lines"],
    ["people.json", '{"a":{"b":1}\n,"users":[\n{"c":1}]}', "document"],
    ["people.ndjson", `{"a":"${"x".repeat(70_000)}"}\n{"a":1}`, "lines"],
    ["people.csv", "[name],[email]\n", undefined],
    ["people.csv", "{name},{email}\n", undefined],
    ["people.ndjson", "name,email\n", undefined],
  ])("%s: %j", (name, text, expected) => {
    const file = textFile(text, name);
    const found = json.recognizes(file) ? "document" : jsonLines.recognizes(file) ? "lines" : undefined;
    expect(found).toBe(expected);
  });

  test("no binary file", () => {
    const { text: _, ...binary } = textFile("[]");
    expect([json.recognizes(binary), jsonLines.recognizes(binary)]).toEqual([false, false]);
  });
});
