import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runImport } from "../bench/import-run.ts";
import { writePeople } from "../bench/people-files.ts";

// A million rows are imported by `npm run soak`.

it("functions with a heap of 64 MB import a large file, and are killed, with every row once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "import-memory-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const count = 10_000;
  const file = join(folder, "people.csv.gz");
  await writePeople(file, "csv.gz", count);
  const run = await runImport({ folder, file, invocationMilliseconds: 600, killAt: [1_500, 5_000] });
  expect(run).toMatchObject({
    summary: { state: "finished", rows: count, rejected: 0 },
    kills: 2,
    lines: count,
    rows: count,
    rowsInLedger: count,
    accounts: count,
    people: count,
  });
  // Two chunks: one invocation each, and at least five more.
  expect(run.invocations).toBeGreaterThan(1 + 2 + 1 + 5);
  expect(Object.keys(run.peaks).toSorted()).toEqual(["chunk", "finish", "plan"]);
  for (const [kind, peak] of Object.entries(run.peaks)) expect(peak, kind).toBeLessThan(200);
}, 120_000);
