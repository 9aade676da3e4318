import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The timeout is long because tests use real servers and real crypto on a busy machine, and no test measures time.
    testTimeout: 30_000,
    // One less than the cores there are would leave a machine of two with one.
    maxWorkers: 2,
  },
});
