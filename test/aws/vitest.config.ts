import { defineConfig } from "vitest/config";

// Tests the ports of lib/aws against a server with AWS's APIs (test/aws/run.sh starts it and passes its address), and the packaged
// functions as a whole against a server of their own.
export default defineConfig({
  test: {
    include: ["test/aws/**/*.moto.ts"],
    testTimeout: 30_000,
    // Two of the files take as long as all others together.
    maxWorkers: 2,
    silent: "passed-only",
  },
});
