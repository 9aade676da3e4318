import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { browserArguments, browserPath } from "./browser-path.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of the browser that all tests share. */
    readonly browser: string;
  }
}

/** Starts one browser for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({
    executablePath: browserPath() ?? "",
    args: [...browserArguments],
  });
  project.provide("browser", server.wsEndpoint());
  return () => server.close();
}
