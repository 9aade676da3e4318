import { existsSync } from "node:fs";

const known = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The browser of this machine: the one that CHROMIUM names, or one where systems put it. `undefined` where there is none. */
export const browserPath = (): string | undefined =>
  [process.env["CHROMIUM"] ?? "", ...known].find((path) => path !== "" && existsSync(path));

/** Nothing that the browser does by itself leaves this machine. In a container, root cannot make sandboxes. */
export const browserArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
