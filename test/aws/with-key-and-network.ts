import { deployment } from "#infra/aws/deployment.ts";
import { configuredFunctions } from "#infra/aws/bundle.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { loadConfig } from "#infra/commands/config.ts";

// Prints dist/deployment.json as it would be with a customer-managed key and with subnets; test/aws/run.sh packages and checks it.

const config = await loadConfig();
const made = deployment(
  {
    ...config,
    encryption: "customer-managed",
    network: { subnetIds: ["subnet-0a1b2c3d4e5f67890"], securityGroupIds: ["sg-0a1b2c3d4e5f67890"] },
    sources: [...enabledSources(config).values()],
  },
  configuredFunctions(config),
);
process.stdout.write(`${JSON.stringify(made)}\n`);
