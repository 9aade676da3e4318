import { defineConfig } from "vitest/config";

// The ports of lib/aws against a server that speaks AWS (test/aws/run.sh starts it and says where it is), and the packages as a
// whole, against one of their own.
export default defineConfig({
  test: {
    include: ["test/aws/**/*.moto.ts"],
    testTimeout: 30_000,
    // Two of the files take as long as all others together.
    maxWorkers: 2,
    silent: "passed-only",
  },
});
