import { describe, expect, test } from "vitest";
import { at, first, isEmpty } from "#lib/fields/read.ts";
import * as fc from "../properties.ts";

const payload = {
  data: { emails: [{ value: "a" }, { value: "b" }], "First name": { value: "Zoë" }, "it's": { "\\": 1 } },
  工号: "10010",
  attributes: [
    null,
    "C-1",
    { id: "C-1", value: { text: "first" } },
    { id: "C-1", value: { text: "second" } },
    { id: 7, value: { text: "by number" } },
    { id: 1.5, value: { text: "no id" } },
    { "it's": "a]b='c'", value: { text: "quoted" } },
  ],
};

describe("at", () => {
  test.each([
    ["data.emails[1].value", "b"],
    ["data['First name'].value", "Zoë"],
    ["['工号']", "10010"],
    ["工号", "10010"],
    ["data['it\\'s']['\\\\']", 1],
    ["", payload],
    ["data.emails[2].value", undefined],
    ["data.emails.value", undefined],
    ["data.emails[0].value.length", undefined],
    ["data.unknown.home", undefined],
    ["attributes[id='C-1'].value.text", "first"],
    ["attributes[id='7'].value.text", "by number"],
    ["attributes[id='1.5'].value.text", undefined],
    ["attributes[id='C-2'].value.text", undefined],
    ["attributes[length='7']", undefined],
    ["attributes[toString='']", undefined],
    ["data[id='C-1']", undefined],
    ["attributes[value='first']", undefined],
  ])("reads %j", (path, value) => {
    expect(at(payload, path)).toEqual({ value, path });
  });

  test.each(["__proto__", "constructor", "data.toString", "data['hasOwnProperty']", "constructor.prototype"])(
    "does not see %j, which is not the payload's own",
    (path) => {
      expect(at(payload, path).value).toBeUndefined();
    },
  );

  test("sees an own property of any name in parsed JSON", () => {
    expect(at(JSON.parse('{"__proto__":{"admin":true}}'), "__proto__.admin").value).toBe(true);
  });

  test.each([
    "a..b",
    "a[",
    "a[x]",
    "a[-1]",
    "a['b",
    "a]",
    ".",
    "a.",
    "a'b",
    'a["b"]',
    "a[='b']",
    "a[id=b]",
    "a[id='b]",
  ])("refuses the path %j, which has no meaning", (path) => {
    expect(() => at(payload, path)).toThrow(TypeError);
  });

  test("finds any name at any depth, and never throws for any payload", () => {
    const step = fc.oneof(fc.string({ unit: "grapheme" }), fc.nat(9));
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 5 }),
        fc.jsonValue(),
        fc.jsonValue(),
        (steps, leaf, other) => {
          const path = steps
            .map((name) =>
              typeof name === "number" ? `[${name}]` : `['${name.replaceAll(/['\\]/g, "\\$&")}']`,
            )
            .join("");
          const root = steps.reduceRight<unknown>(
            (inner, name) =>
              typeof name === "number" ? Array(name).concat([inner]) : Object.fromEntries([[name, inner]]),
            leaf,
          );
          // `concat` spreads one level, so the list is compared by its own index.
          expect(at(root, path).value).toEqual(leaf);
          expect(() => at(other, path)).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("first", () => {
  test("takes the first that is not empty", () => {
    const reads = [undefined, null, "", " \u3000", "x", "y"].map((value, index) => ({
      value,
      path: `${index}`,
    }));
    expect(first(reads[0]!, ...reads.slice(1)).path).toBe("4");
  });

  test("keeps false and 0, which are values", () => {
    expect(isEmpty(false)).toBe(false);
    expect(isEmpty(0)).toBe(false);
  });

  test("gives the last when all are empty, so that the trail names a path", () => {
    expect(first({ value: "", path: "a" }, { value: null, path: "b" }).path).toBe("b");
  });
});
