import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { lineOf, type Finding } from "#infra/stage/finding.ts";
import { localSettings } from "#infra/local/settings.ts";
import { withSources } from "./chosen-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { loadConfig } from "./config.ts";

// npm run doctor -- --stage <stage> [--region <region>]: checks a deployed stage with the operator's own AWS credentials.
// npm run doctor -- --local [--sources <names>]: checks this machine for npm start with the developer's own secrets. Both say what to
// do about each finding, and end with exit status 1 when something is wrong.
const doctor = form(
  [],
  { stage: "<stage>", region: "<region>", local: "", sources: "<names>" },
  async ({ options: { stage, region, local, sources: names } }) => {
    if ((stage === undefined) === (local === undefined)) {
      throw new UsageError(stage === undefined ? "no stage is named" : "--stage and --local are two checks", [
        "npm run doctor -- --stage <stage> [--region <region>]",
        "npm run doctor -- --local [--sources <names>]",
      ]);
    }
    if (stage !== undefined && names !== undefined) {
      throw new UsageError("--sources is for --local: a stage has the sources of inbound.config.ts", [
        "npm run doctor -- --stage <stage> [--region <region>]",
      ]);
    }
    const configured = await loadConfig();
    const config = names === undefined ? configured : withSources(configured, names);
    const sources = enabledSources(config);
    if (stage === undefined) {
      const { examineLaptop } = await import("./laptop-checks.ts");
      return tell(examineLaptop({ config, sources, settings: localSettings() }));
    }
    // Imported only here: loading the AWS SDK costs half a second, which the laptop's check need not spend.
    const { openStage } = await import("#infra/stage/aws.ts");
    const { examine } = await import("#infra/stage/checks.ts");
    return tell(examine({ config, sources, stage }, openStage(region)));
  },
);

async function tell(findings: AsyncIterable<Finding>): Promise<number> {
  const counts = { fine: 0, attention: 0, wrong: 0 };
  for await (const finding of findings) {
    say(lineOf(finding));
    counts[finding.state] += 1;
  }
  say(`\n${counts.wrong} wrong, ${counts.attention} to look at, ${counts.fine} fine`);
  return counts.wrong > 0 ? 1 : 0;
}

await runCommand("doctor", doctor);
