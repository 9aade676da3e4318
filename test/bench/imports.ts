import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "./bundled.ts";
import { inFreshProcess } from "./fresh-process.ts";
import { writeUnquoted } from "./people-files.ts";
import type { Case, Costs, Section } from "./section.ts";

// A file of people from its bytes to its signed requests. The server is another process, and answers at once. Ours also reads the file to
// its end before it sends anything, stores its rows, checks every value, and writes results; the ledger is memory. Stages: `read` (and store), `rows`
// (what they mean, in which calls they go, what became of each), `send` (a call, from its check to its answer), `finish` (results).

const people = 50_000;
const cpu = "CPU ms";

async function prepare() {
  const folder = mkdtempSync(join(tmpdir(), "bench-imports-"));
  await writeUnquoted(join(folder, "people.csv"), people);
  const program = await bundled(`${import.meta.dirname}/import-case.ts`, join(folder, "program"));
  const server = fork(`${import.meta.dirname}/import-server.ts`, [], {
    env: { PATH: process.env["PATH"] },
    execArgv: [],
  });
  const [port] = (await once(server, "message")) as [number];
  const caseOf = (name: string): Case => ({
    name,
    async run() {
      const costs = (await inFreshProcess(program, [name, folder, String(port)])) as Costs;
      if (costs["people"] !== people) throw new TypeError(`"${name}" has brought ${costs["people"]} people`);
      return costs;
    },
  });
  return {
    cases: ["ours", "papaparse + authing-node-sdk", "floor", "prepared requests"].map(caseOf),
    ratios: [
      { of: "ours", to: "papaparse + authing-node-sdk", cost: cpu, aim: { atMost: 0.4 } },
      { of: "ours", to: "papaparse + authing-node-sdk", cost: "peak MB" },
      { of: "ours", to: "floor", cost: cpu, aim: { atMost: 2 } },
      { of: "ours", to: "prepared requests", cost: cpu },
    ],
    close: async () => {
      server.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

export const imports: Section = {
  name: "imports",
  about: "a CSV of 50,000 people to signed POSTs of 50, to a loopback Authing that answers at once",
  rounds: 3,
  prepare,
};
