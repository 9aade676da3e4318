import { defineConfig } from "vitest/config";

/**
 * The tests that `npm run mutate` runs over mutants, by globs in `MUTATE_TESTS`. Each file loads its own modules: Stryker could not tell
 * otherwise which test reaches which mutant, and would run all of them.
 */
const include = JSON.parse(process.env["MUTATE_TESTS"] ?? "[]") as string[];

export default defineConfig({
  test: {
    include,
    setupFiles: ["test/mutate/setup.ts"],
    testTimeout: 30_000,
    maxWorkers: 1,
  },
});
