import { spawnSync } from "node:child_process";
import {
  globSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rooms } from "./rooms.ts";
import { shares, type Report } from "./shares.ts";

// `npm run mutate`, `npm run mutate -- lib/pipeline --lines 200 --seed 7`, `npm run mutate -- lib/pipeline/order.ts lib/pipeline/take.ts`:
// Stryker changes lines of ours, one at a time, and the fast tests of the room have to fail. `--lines` takes so many lines of each room or
// file, in windows, and the same ones for the same seed; without it, all. At the end come the survivors and the share of each file.

const windowLines = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: "string" }, seed: { type: "string", default: "1" } },
});
const places = positionals.length > 0 ? positionals : Object.keys(rooms);
const mutate: Record<string, string[]> = {};
for (const place of places) {
  const room = Object.keys(rooms).find((name) => place === name || place.startsWith(`${name}/`));
  const stat = statSync(place, { throwIfNoEntry: false });
  if (room === undefined || !stat) {
    process.stderr.write(`${place} is in none of ${Object.keys(rooms).join(", ")}\n`);
    process.exit(2);
  }
  const files = (stat.isDirectory() ? globSync(`${place}/**/*.ts`) : [place]).toSorted();
  const chosen =
    values.lines === undefined ? files : windowsOf(files, Number(values.lines), Number(values.seed));
  (mutate[room] ??= []).push(...chosen);
}

let all = "";
for (const [room, chosen] of Object.entries(mutate)) {
  const report = mutated(chosen, rooms[room] ?? []);
  all += report ? shares(report, room) : `\n${room}: Stryker could not\n`;
  if (!report) process.exitCode = 1;
}
process.stdout.write(`\n${all}`);

/** Runs Stryker over files or ranges of lines, `file:12-23`. `undefined` where it could not; survivors are no failure. */
function mutated(chosen: readonly string[], include: readonly string[]): Report | undefined {
  const folder = mkdtempSync(join(tmpdir(), "mutate-"));
  try {
    // Above the copies, where they find it: Stryker itself passes over a `node_modules` that is a link, as in a second worktree.
    symlinkSync(realpathSync("node_modules"), join(folder, "node_modules"), "junction");
    const config = join(folder, "stryker.config.json");
    const fileName = join(folder, "report.json");
    const options = {
      testRunner: "vitest",
      vitest: { configFile: "test/mutate/vitest.config.ts" },
      plugins: ["@stryker-mutator/vitest-runner"],
      mutate: chosen,
      mutator: { excludedMutations: ["ObjectLiteral"] },
      reporters: ["json", "progress-append-only"],
      jsonReporter: { fileName },
      concurrency: 1,
      // Stryker would rewrite tsconfig.json with a TypeScript that it can call; ours (7) has no such interface.
      tsconfigFile: "none",
      symlinkNodeModules: false,
      tempDirName: join(folder, "copy"),
      ignorePatterns: [".venv", "dist", ".inbound", ".serverless", "docs/screenshots"],
    };
    writeFileSync(config, JSON.stringify(options));
    const environment = { ...process.env, MUTATE_TESTS: JSON.stringify(include) };
    const { status } = spawnSync("stryker", ["run", config], { stdio: "inherit", env: environment });
    return status === 0 ? (JSON.parse(readFileSync(fileName, "utf8")) as Report) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** About so many lines of these files, in windows that are chosen by the seed. */
function windowsOf(files: readonly string[], lines: number, seed: number): string[] {
  const windows = files.flatMap((file) => {
    const count = readFileSync(file, "utf8").split("\n").length;
    return Array.from({ length: Math.ceil(count / windowLines) }, (_, index) => {
      const first = 1 + index * windowLines;
      return `${file}:${first}-${Math.min(count, first + windowLines - 1)}`;
    });
  });
  const chosen: string[] = [];
  let state = seed;
  while (windows.length > 0 && chosen.length * windowLines < lines) {
    // Numerical Recipes' generator.
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    chosen.push(...windows.splice(Math.floor((state / 2 ** 32) * windows.length), 1));
  }
  return chosen.toSorted();
}
