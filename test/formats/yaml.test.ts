import { describe, expect, test } from "vitest";
import yaml from "#lib/formats/yaml/index.ts";
import { readContext, textFile } from "./text-file.ts";

const lists = ["totp_configurations", "[].users", "a.b"];

const open = (text: string) => yaml.open(textFile(text, "export.yaml", 1000), readContext(lists));

async function rowsOf(text: string) {
  const { list, rows } = await open(text);
  return { list, rows: await Array.fromAsync(rows, ({ place, values }) => ({ place, values })) };
}

test.each([
  ["totp_configurations:\n- a: 01\n", "totp_configurations", [["totp_configurations[0]", { a: "01" }]]],
  [
    "- users: [{a: no}]\n- other: 1\n- users: [{a: ~}]\n",
    "[].users",
    [
      ["[0].users[0]", { a: "no" }],
      ["[2].users[0]", { a: null }],
    ],
  ],
  ["- a: 2024-01-01\n", "[]", [["[0]", { a: "2024-01-01" }]]],
  [
    "a:\n  b:\n    - <<: {c: 1}\n      __proto__: x\n",
    "a.b",
    [
      [
        "a.b[0]",
        Object.fromEntries([
          ["<<", { c: "1" }],
          ["__proto__", "x"],
        ]),
      ],
    ],
  ],
  ["a: {b: []}\n", "a.b", []],
])("reads every value as text: %j", async (text, list, rows) => {
  expect(await rowsOf(text)).toEqual({ list, rows: rows.map(([place, values]) => ({ place, values })) });
});

test.each([
  ["x: 1\n", "malformed", "json-list-missing"],
  ["text", "malformed", "json-list-missing"],
  ["# nothing\n", "malformed", "yaml-invalid"],
  ["a: 1\n---\nb: 2\n", "malformed", "yaml-invalid"],
  ["a: !!js/function x\n", "malformed", "yaml-invalid"],
  ["a: [1\n", "malformed", "yaml-invalid"],
  ["[".repeat(1_000_000), "malformed", "yaml-invalid"],
  ["a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "malformed", "yaml-has-alias"],
  [`totp_configurations:\n${"- a: 1\n".repeat(700_000)}`, "oversized", "yaml-too-long"],
])("refuses a document: %#", async (text, code, reason) => {
  await expect(open(text)).rejects.toMatchObject({ code, reason });
});

describe("recognises", () => {
  test.each([
    ["export.yaml", "totp_configurations:\n- username: a\n", true],
    ["export.yml", "# exported\n---\n- a: 1\n", true],
    ["export.txt", "totp_configurations:\n    - username: a\n", true],
    ["export.txt", "name: people\nemail,phone\n", false],
    ["export.csv", "email\na@example.com\n", false],
    ["export.yaml", "email,phone\na,b\n", false],
  ])("%s %j: %s", (name, text, is) => {
    expect(yaml.recognizes(textFile(text, name))).toBe(is);
  });
});
