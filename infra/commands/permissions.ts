import { parseArgs } from "node:util";
import { policiesTemplate } from "#infra/aws/permissions.ts";
import { runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";

// npm run --silent permissions -- --stage <stage>: prints a CloudFormation template with the IAM policies for deploying and operating a
// stage of this configuration. docs/permissions.md says how to use it. Calls nothing.
await runCommand(async () => {
  const { stage } = parseArgs({ options: { stage: { type: "string" } } }).values;
  if (stage === undefined) {
    say("npm run --silent permissions -- --stage <stage> > permissions.json", process.stderr);
    return 2;
  }
  say(JSON.stringify(policiesTemplate(await loadConfig(), stage), undefined, 2));
  return 0;
});
