import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "./bundled.ts";
import { inFreshProcess } from "./fresh-process.ts";
import type { Case, Costs, Section } from "./section.ts";

// A run over unchanged people: what a night costs. The list is made page by page, the ledger is SQLite.

async function prepare() {
  const folder = mkdtempSync(join(tmpdir(), "bench-rosters-"));
  const program = await bundled(`${import.meta.dirname}/roster-process.ts`, folder);
  const caseOf = (people: number): Case => ({
    name: `${people.toLocaleString("en")} people`,
    run: async () =>
      (await inFreshProcess(program, [String(people), mkdtempSync(join(folder, "bucket-"))], {
        // A run that needed more memory for more people would end here.
        NODE_OPTIONS: "--max-old-space-size=80 --max-semi-space-size=4",
      })) as Costs,
  });
  return {
    cases: [10_000, 100_000].map(caseOf),
    // What it costs for each thousand does not grow with their number.
    ratios: [
      { of: "100,000 people", to: "10,000 people", cost: "CPU ms per 1,000", aim: { atMost: 1.5 } },
      { of: "100,000 people", to: "10,000 people", cost: "MB more at its peak" },
    ],
    close: async () => rmSync(folder, { recursive: true }),
  };
}

export const rosters: Section = {
  name: "rosters",
  about: "a run over unchanged people, for each thousand: CPU, time, calls of Authing (none), memory",
  rounds: 3,
  prepare,
};
