import { mkdirSync, writeFileSync } from "node:fs";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { reconciledAt } from "#lib/wiring/roster-time.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { deployment } from "#infra/aws/deployment.ts";
import { requireRoom } from "#infra/aws/stack-size.ts";
import { bundleFunction, configuredFunctions, sizeTable } from "#infra/aws/bundle.ts";

// `npm run build`: every function into dist/<name>/, and dist/deployment.json, from which serverless.yml takes its
// functions and their roles. A source that is switched on in inbound.config.ts is therefore deployed without any YAML.
const build = form([], {}, async () => {
  const config = await loadConfig();
  const files = configuredFunctions(config);
  const sources = [...enabledSources(config).values()].map((source) => ({
    ...source,
    invokedBy: config.sources[source.name]?.invokedBy ?? [],
    reconciledAt: reconciledAt(config, source.name),
  }));
  const made = deployment({ ...config, sources }, files);
  requireRoom(made, deployment({ ...config, sources: [] }, files), sources.length);

  const bundles = await Promise.all(files.map((file) => bundleFunction(file, "dist", config)));
  mkdirSync("dist", { recursive: true });
  writeFileSync("dist/deployment.json", `${JSON.stringify(made, undefined, 2)}\n`);
  say(sizeTable(bundles));
  return 0;
});

// The name is that of the command in whose line an option matters: `npm run deploy --stage prod`, without its `--`, would deploy
// another stage than the operator means.
await runCommand("deploy", build);
