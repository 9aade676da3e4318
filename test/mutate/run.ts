import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rooms } from "./rooms.ts";

// `npm run mutate`, `npm run mutate -- lib/pipeline --lines 200 --seed 7`: Stryker changes lines of ours, one at a time, and the fast tests of
// the room have to fail. `--lines` takes so many lines of each room, in windows, and the same ones for the same seed; without it, all.

const windowLines = 12;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: "string" }, seed: { type: "string", default: "1" } },
});
const places = positionals.length > 0 ? positionals : Object.keys(rooms);
let failed = false;

for (const place of places) {
  const room = Object.keys(rooms).find((name) => place === name || place.startsWith(`${name}/`));
  if (room === undefined || !statSync(place, { throwIfNoEntry: false })) {
    process.stderr.write(`${place} is in none of ${Object.keys(rooms).join(", ")}\n`);
    process.exit(2);
  }
  const files = (statSync(place).isDirectory() ? globSync(`${place}/**/*.ts`) : [place]).toSorted();
  const mutate =
    values.lines === undefined ? files : windowsOf(files, Number(values.lines), Number(values.seed));
  process.stdout.write(`\n${place}\n`);
  if (!mutated(mutate, rooms[room] ?? [])) failed = true;
}
process.exitCode = failed ? 1 : 0;

/** Runs Stryker over files or ranges of lines, `file:12-23`. Whether it could; survivors are no failure. */
function mutated(mutate: readonly string[], include: readonly string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), "mutate-"));
  try {
    const config = join(folder, "stryker.config.json");
    const options = {
      testRunner: "vitest",
      vitest: { configFile: "test/mutate/vitest.config.ts" },
      plugins: ["@stryker-mutator/vitest-runner"],
      mutate,
      mutator: { excludedMutations: ["ObjectLiteral"] },
      reporters: ["clear-text"],
      clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
      concurrency: 1,
      // Stryker would rewrite tsconfig.json with a TypeScript that it can call; ours (7) has no such interface.
      tsconfigFile: "none",
      tempDirName: join(folder, "copy"),
      ignorePatterns: ["dist", ".inbound", ".serverless", "docs/screenshots"],
    };
    writeFileSync(config, JSON.stringify(options));
    const environment = { ...process.env, MUTATE_TESTS: JSON.stringify(include) };
    return spawnSync("stryker", ["run", config], { stdio: "inherit", env: environment }).status === 0;
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
