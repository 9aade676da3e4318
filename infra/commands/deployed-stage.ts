import { InboundError } from "#lib/contract/errors.ts";
import { stackName } from "#infra/stage/stage.ts";
import { loadConfig } from "./config.ts";

/** A deployed stage of this configuration and its stack, with the operator's own credentials. Throws `stack-missing`. */
export async function openDeployedStage(stage: string, region: string | undefined) {
  const { service } = await loadConfig();
  // Imported only here: loading the AWS SDK costs half a second, which commands about the laptop need not spend.
  const { openStage } = await import("#infra/stage/aws.ts");
  const aws = openStage(region);
  const name = stackName(service, stage);
  const stack = await aws.stack(name);
  if (!stack) {
    throw new InboundError("misconfigured", "stack-missing", {
      path: name,
      hint: `there is none in ${aws.region}: name its --region, or deploy it`,
    });
  }
  return { aws, stack };
}
