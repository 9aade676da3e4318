import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { form, runCommand, say } from "./command.ts";

// Part of `npm run check`: what is installed is what the lock file says, byte by byte; no package runs a script at install
// time that package.json does not allow; and no known weakness of the dependencies that are shipped is severe. npm asks the
// registry for advisories, and the public one where that has none; where neither answers, the command says so and does not fail.

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ integrity: z.optional(z.string()), hasInstallScript: z.optional(z.boolean()) }),
  ),
});
const Package = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  /** Node itself, for each platform: npm installs the one that fits. */
  optionalDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});
const Advisories = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});

const severe = new Set(["high", "critical"]);
const longestMilliseconds = 30_000;

/** What is wrong with package.json and its lock file, one line each. */
function lockProblems(): string[] {
  const { packages } = Lock.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
  const { dependencies, devDependencies, optionalDependencies, allowScripts } = Package.parse(
    JSON.parse(readFileSync("package.json", "utf8")),
  );
  const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name]) => `${name}: package.json must name one exact version`);
  const installed = Object.entries(packages).filter(([path]) => path !== "");
  const unlocked = installed
    .filter(([, { integrity }]) => integrity === undefined)
    .map(([path]) => `${path}: has no integrity hash; run npm install`);
  const scripted = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length))
    .filter((name) => !(name in allowScripts))
    .map((name) => `${name}: runs a script when it is installed; say yes or no in allowScripts`);
  return [...loose, ...unlocked, ...scripted];
}

/** Asked where the registry of this machine, such as a mirror, has no advisories. */
const publicRegistry = "https://registry.npmjs.org";

/** Severe weaknesses of what is shipped, one line each; `undefined` where no registry could be asked for advisories. */
async function advisories(registry?: string): Promise<string[] | undefined> {
  const asked = ["audit", "--json", "--omit=dev", "--fetch-retries=0", "--fetch-timeout=10000"];
  if (registry !== undefined) asked.push(`--registry=${registry}`);
  const answer = await new Promise<string>((resolve) => {
    // npm ends with 1 when it has found something, and when it has not been able to ask.
    execFile("npm", asked, { timeout: longestMilliseconds }, (_error, stdout) => resolve(stdout));
  });
  const read = Advisories.safeParse(parse(answer));
  if (!read.success) return undefined;
  return Object.entries(read.data.vulnerabilities)
    .filter(([, { severity }]) => severe.has(severity))
    .map(
      ([name, { severity, range }]) => `${name} ${range}: ${severity}; npm audit says what and since when`,
    );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const audit = form([], {}, async () => {
  const known = (await advisories()) ?? (await advisories(publicRegistry));
  const problems = [...lockProblems(), ...(known ?? [])];
  for (const problem of problems) say(problem, process.stderr);
  if (known === undefined) say("audit: no registry could be asked for advisories; the lock file was checked");
  return problems.length === 0 ? 0 : 1;
});

await runCommand("check", audit);
