import { defineConfig } from "vitest/config";

// The ports of lib/aws against a server that speaks AWS; test/aws/run.sh starts it and says where it is.
export default defineConfig({
  test: {
    include: ["test/aws/**/*.moto.ts"],
    testTimeout: 30_000,
    silent: "passed-only",
  },
});
