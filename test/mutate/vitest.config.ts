import { defineConfig } from "vitest/config";

/** The tests that `npm run mutate` runs over mutants, by globs in `MUTATE_TESTS`. Their files share modules: most of the time went into loading them. */
const include = JSON.parse(process.env["MUTATE_TESTS"] ?? "[]") as string[];

export default defineConfig({
  test: {
    include,
    setupFiles: ["test/mutate/setup.ts"],
    isolate: false,
    testTimeout: 30_000,
    maxWorkers: 1,
  },
});
