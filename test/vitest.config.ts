import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real servers and real crypto on a busy machine: generous, since no test measures time.
    testTimeout: 30_000,
  },
});
