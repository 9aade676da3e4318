import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { loadConfig } from "./config.ts";
import { openStage } from "#infra/stage/aws.ts";
import { examine } from "#infra/stage/checks.ts";
import { lineOf } from "#infra/stage/finding.ts";

// npm run doctor -- --stage <stage> [--region <region>]: checks a deployed stage with the operator's own AWS credentials, and says
// what to do about each finding. Ends with exit status 1 when something is wrong.
const doctor = form([], { stage: "<stage>", region: "<region>" }, async ({ options }) => {
  const { stage, region } = options;
  if (stage === undefined) {
    throw new UsageError("no stage is named", ["npm run doctor -- --stage <stage> [--region <region>]"]);
  }
  const config = await loadConfig();
  const counts = { fine: 0, attention: 0, wrong: 0 };
  for await (const finding of examine(
    { config, sources: enabledSources(config), stage },
    openStage(region),
  )) {
    say(lineOf(finding));
    counts[finding.state] += 1;
  }
  say(`\n${counts.wrong} wrong, ${counts.attention} to look at, ${counts.fine} fine`);
  return counts.wrong > 0 ? 1 : 0;
});

await runCommand("doctor", doctor);
