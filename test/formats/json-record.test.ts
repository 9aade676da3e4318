import { expect, test } from "vitest";
import { maxCellLength, maxColumns } from "#lib/formats/format.ts";
import { jsonRow } from "#lib/formats/json-record.ts";
import * as fc from "../properties.ts";
import { json, valueOf, written, type Written } from "./written-json.ts";

const codeOf = (text: string) => jsonRow("line 1", text).problems.map(({ code }) => code)[0];

test("finds a key that comes twice at any depth, however it is written, and no other", () => {
  fc.assert(
    fc.property(json, fc.infiniteStream(fc.nat()), (value, choices) => {
      const text = written({ members: [["a", value]] }, choices);
      const { values, problems } = jsonRow("line 1", text);
      expect({ values, problems }).toEqual(
        hasKeyTwice(value)
          ? { values: undefined, problems: [{ code: "json-key-twice" }] }
          : { values: { a: valueOf(value) }, problems: [] },
      );
    }),
    { numRuns: 3000 },
  );
});

function hasKeyTwice(value: Written): boolean {
  if (Array.isArray(value)) return value.some(hasKeyTwice);
  if (typeof value !== "object" || value === null || !("members" in value)) return false;
  const keys = value.members.map(([key]) => key);
  return new Set(keys).size < keys.length || value.members.some(([, inner]) => hasKeyTwice(inner));
}

test.each([
  ['{"a":"","a":"\\u003a\\u003a"}', "a colon that is written as an escape"],
  ['{"":1,"":1}', "the shortest key"],
  ['{"a":1e5,"a":1}', "a number whose digits are longer than its text"],
  ['{"__proto__":1,"__proto__":2}', "a name of the prototype"],
  ['{"a":{"b":[{"c":":","\\u0063":0}]}}', "an escaped key"],
  [`{"a":100000000000,"a":1,"b":[${"1,".repeat(50)}1]}`, "many numbers"],
])("finds a key that comes twice: %s", (text) => {
  expect(codeOf(text)).toBe("json-key-twice");
});

test("keeps the digits of a number that a double cannot hold, and every other number", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.double({ noNaN: true, noDefaultInfinity: true }), (long, double) => {
      const plain = Math.abs(double) < 2 ** 53 ? double : 0;
      const { values } = jsonRow("", `{"long":[${long}],"plain":${JSON.stringify(plain)}}`);
      const isExact = BigInt(Number.MIN_SAFE_INTEGER) <= long && long <= BigInt(Number.MAX_SAFE_INTEGER);
      expect(values?.["long"]).toEqual([isExact ? Number(long) : String(long)]);
      expect(values?.["plain"]).toBe(Object.is(plain, -0) ? 0 : plain);
    }),
  );
  expect(jsonRow("", '{"a":1e400,"b":1e15}').values).toEqual({ a: "1e400", b: 1e15 });
});

test("reads keys with escapes as they are written, whatever V8 remembers of another text", () => {
  // https://github.com/nodejs/node/issues/63785
  JSON.parse(String.raw`{"h":[],"\\":0}`);
  expect(jsonRow("", String.raw`{"h":1,"\u59d3":2}`).values).toEqual({ h: 1, 姓: 2 });
  expect(codeOf(String.raw`{"h":1,"[":1,"\u005b":2}`)).toBe("json-key-twice");
  expect(jsonRow("", String.raw`{"h":1,"\\":2,"__proto__":{"\n":null}}`).values).toEqual(
    Object.fromEntries([
      ["h", 1],
      ["\\", 2],
      ["__proto__", { "\n": null }],
    ]),
  );
});

test("takes no key for one that comes twice because V8 takes another one for it", () => {
  // https://github.com/nodejs/node/issues/63785: here JSON.parse gives {"q":1,"\\":2}.
  JSON.parse(String.raw`{"q":1,"\\":0,"z":1}`);
  expect(jsonRow("", String.raw`{"q":1,"\n":null     ,"\\":2}`).values).toEqual({
    q: 1,
    "\n": null,
    "\\": 2,
  });
  JSON.parse(String.raw`{"r":1,"\\":0,"z":1}`);
  expect(codeOf(String.raw`{"r":1,"\n":null     ,"\\":2,"\u005c":2}`)).toBe("json-key-twice");
});

test("limits the depth, the keys and the length of a text", () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  expect(codeOf(nested(64))).toBeUndefined();
  expect(codeOf(nested(65))).toBe("json-too-deep");
  expect(codeOf(`{"a":${"[".repeat(500_000)}${"]".repeat(500_000)}}`)).toBe("json-too-deep");
  const keys = (count: number) =>
    `{${Array.from({ length: count }, (_, index) => `"${index}":0`).join(",")}}`;
  expect(codeOf(keys(maxColumns))).toBeUndefined();
  expect(codeOf(keys(maxColumns + 1))).toBe("json-keys-too-many");
  expect(codeOf(JSON.stringify({ a: "x".repeat(maxCellLength) }))).toBeUndefined();
  expect(codeOf(JSON.stringify({ a: "x".repeat(maxCellLength + 1) }))).toBe("cell-too-long");
  expect(codeOf(JSON.stringify({ ["x".repeat(maxCellLength + 1)]: 1 }))).toBe("cell-too-long");
});

test("gives the text of a record on one line, and keeps a damaged one damaged", () => {
  expect(jsonRow("", '{\r\n  "a":\n\n  [1,\r2]\n}').original).toEqual(['{ "a": [1, 2] }']);
  const damaged = jsonRow("", '{"a":\n"b\r\nc"}').original[0] ?? "";
  expect(damaged).not.toMatch(/[\r\n]/);
  expect(codeOf(damaged)).toBe("json-invalid");
});
