import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formats } from "#lib/formats/registry.ts";
import * as layouts from "#lib/layouts/registry.ts";

const all = [...formats, ...Object.values(layouts)];

test.each(["docs/formats.md", "README.md", "README.zh-CN.md"])("%s names every format and layout", (path) => {
  const page = readFileSync(path, "utf8");
  expect(all.flatMap(({ title }) => (page.includes(title) ? [] : [title]))).toEqual([]);
});

test("no two of them have one title", () => {
  const titles = all.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});
