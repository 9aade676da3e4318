import { defineConfig } from "vitest/config";
import { browserPath } from "./browser-path.ts";

const hasBrowser = browserPath() !== undefined;
if (!hasBrowser) {
  console.log(
    "Skipped: no browser is here. On Debian: apt-get install chromium fonts-noto-cjk; elsewhere name one in CHROMIUM.",
  );
}

export default defineConfig({
  test: {
    include: hasBrowser ? ["test/browser/*.browser.ts"] : [],
    passWithNoTests: !hasBrowser,
    globalSetup: hasBrowser ? ["test/browser/one-browser.ts"] : [],
    // No test measures time; a browser on a busy machine takes long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
