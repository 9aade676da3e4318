import { relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { builtPage } from "#infra/console/page-files.ts";

it("the page weighs less than 60 kB, compressed", async () => {
  const { files } = await builtPage();
  expect([...files.keys()]).toEqual(["/", "/console/page.js", "/console/page.css"]);
  const bytes = [...files.values()].map(({ body }) => gzipSync(body).length);
  expect(Math.min(...bytes)).toBeGreaterThan(200);
  expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(60_000);
});

it("the page holds its own sources, the reports, two texts and Preact, and nothing of a server", async () => {
  const { inputs } = await builtPage();
  const root = resolve(import.meta.dirname, "../..");
  const allowed = [
    /^infra\/console\/page\//,
    /^lib\/report\//,
    /^lib\/operations\/refusal-text\.ts$/,
    /^lib\/reasons\/shell-word\.ts$/,
    /(^|\/)node_modules\/preact\//,
  ];
  const sources = [...new Set(inputs.map((input) => relative(root, resolve(input))))];
  expect(sources.length).toBeGreaterThan(20);
  expect(sources.filter((source) => !allowed.some((each) => each.test(source)))).toEqual([]);
  // The text of the whole page is fetched from this machine alone: it names no other.
  const { files } = await builtPage();
  const text = [...files.values()].map(({ body }) => body.toString()).join("\n");
  expect(text.match(/https?:\/\/(?!www\.w3\.org\/)[\w.-]+/g)).toBeNull();
});
