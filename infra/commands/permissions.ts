import { policiesTemplate } from "#infra/aws/permissions.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { loadConfig } from "./config.ts";

// npm run --silent permissions -- --stage <stage>: prints a CloudFormation template with the IAM policies for deploying and operating a
// stage of this configuration. docs/permissions.md says how to use it. Calls nothing.
const permissions = form([], { stage: "<stage>" }, async ({ options: { stage } }) => {
  if (stage === undefined) {
    throw new UsageError("no stage is named", [
      "npm run --silent permissions -- --stage <stage> > permissions.json",
    ]);
  }
  say(JSON.stringify(policiesTemplate(await loadConfig(), stage), undefined, 2));
  return 0;
});

await runCommand("permissions", permissions);
