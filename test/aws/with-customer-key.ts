import { deployment } from "#infra/aws/deployment.ts";
import { configuredFunctions } from "#infra/aws/bundle.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { loadConfig } from "#infra/commands/config.ts";

// Prints dist/deployment.json as it would be with a customer-managed key; test/aws/run.sh packages and checks it.

const config = await loadConfig();
const made = deployment(
  { ...config, encryption: "customer-managed", sources: [...enabledSources(config).values()] },
  configuredFunctions(config),
);
process.stdout.write(`${JSON.stringify(made)}\n`);
