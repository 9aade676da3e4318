import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "./bundled.ts";
import { inFreshProcess } from "./fresh-process.ts";
import { writeJsonPeople, writePeople, writeTable } from "./people-files.ts";
import type { Case, Costs, Ratio, Section } from "./section.ts";

// Files to rows. Every case is a process of its own that reads the file once to its end; CPU is user + system of all its threads, from
// when its modules are loaded; memory is the peak of the process. Each is bundled, so that no case pays for the compiling of ours.

/** A section that reads one file in several ways. */
function fileSection({
  name,
  about,
  rows,
  write,
  cases,
  ratios,
}: Pick<Section, "name" | "about"> & {
  readonly rows: number;
  readonly write: (path: string) => Promise<void>;
  /** Names of cases of file-case.ts. */
  readonly cases: readonly string[];
  readonly ratios: readonly Ratio[];
}): Section {
  return {
    name,
    about,
    rounds: 3,
    async prepare() {
      const folder = mkdtempSync(join(tmpdir(), "bench-files-"));
      const path = join(folder, `people.${name.slice("files-".length)}`);
      await write(path);
      const program = await bundled(`${import.meta.dirname}/file-case.ts`, join(folder, "program"));
      const caseOf = (each: string): Case => ({
        name: each,
        async run() {
          const costs = (await inFreshProcess(program, [each, path])) as Costs & { readonly rows: number };
          if (costs.rows < rows) throw new TypeError(`"${each}" has read ${costs.rows} of ${rows} rows`);
          return costs;
        },
      });
      return {
        cases: cases.map(caseOf),
        ratios,
        close: async () => rmSync(folder, { recursive: true }),
      };
    },
  };
}

const cpu = "CPU ms";
const peak = "peak MB";

const csvRows = 200_000;
export const csv: Section = fileSection({
  name: "files-csv",
  about: "a CSV of 200,000 rows and 20 columns with Chinese text, 43 MB, to records",
  rows: csvRows,
  write: (path) => writeTable(path, csvRows),
  cases: ["ours", "ours, encoding configured", "counting newlines", "papaparse", "csv-parse"],
  ratios: [
    { of: "csv-parse", to: "ours", cost: cpu, aim: { atLeast: 5 } },
    { of: "papaparse", to: "ours", cost: cpu, aim: { atLeast: 2 } },
    { of: "ours", to: "counting newlines", cost: cpu, aim: { atMost: 6 } },
    { of: "csv-parse", to: "ours, encoding configured", cost: cpu },
    { of: "papaparse", to: "ours, encoding configured", cost: cpu },
    { of: "ours, encoding configured", to: "counting newlines", cost: cpu },
  ],
});

const jsonRows = 100_000;
export const ndjson: Section = fileSection({
  name: "files-ndjson",
  about: "100,000 people as lines of JSON, 50 MB, to records",
  rows: jsonRows,
  write: (path) => writeJsonPeople(path, "ndjson", jsonRows),
  cases: ["ours", "ours, encoding configured", "readline + JSON.parse"],
  ratios: [
    { of: "ours", to: "readline + JSON.parse", cost: cpu, aim: { atMost: 0.85 } },
    { of: "ours, encoding configured", to: "readline + JSON.parse", cost: cpu },
  ],
});

export const json: Section = fileSection({
  name: "files-json",
  about: "100,000 people in one JSON list, 50 MB, to records",
  rows: jsonRows,
  write: (path) => writeJsonPeople(path, "json", jsonRows),
  cases: ["ours", "ours, encoding configured", "JSON.parse of the whole file"],
  ratios: [
    { of: "ours", to: "JSON.parse of the whole file", cost: peak, aim: { atMost: 0.4 } },
    { of: "ours", to: "JSON.parse of the whole file", cost: cpu },
    { of: "ours, encoding configured", to: "JSON.parse of the whole file", cost: cpu },
  ],
});

const sheetRows = 30_000;
export const xlsx: Section = fileSection({
  name: "files-xlsx",
  about: "an Excel workbook of 30,000 rows and 6 columns to records",
  rows: sheetRows,
  write: (path) => writePeople(path, "xlsx", sheetRows),
  cases: ["ours", "exceljs, stream", "exceljs, whole file"],
  ratios: [
    { of: "exceljs, stream", to: "ours", cost: cpu, aim: { atLeast: 5 } },
    { of: "exceljs, whole file", to: "ours", cost: cpu },
    { of: "ours", to: "exceljs, whole file", cost: peak },
  ],
});
