import { parseArgs } from "node:util";
import type { Told } from "#lib/notices/tell.ts";
import { outputNames } from "#infra/stage/outputs.ts";
import { outputOf } from "#infra/stage/stage.ts";
import { runCommand, say } from "./command.ts";
import { openDeployedStage } from "./deployed-stage.ts";

const usage = "npm run notices -- test|digest --stage <stage> [--region <region>]";

// npm run notices -- test: sends a test to every bot of a deployed stage, and says what became of it at each.
// npm run notices -- digest: prints the digest of the last 24 hours, and sends it to no bot.
await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { stage: { type: "string" }, region: { type: "string" } },
    allowPositionals: true,
  });
  const [verb, ...stray] = positionals;
  const { stage, region } = values;
  if ((verb !== "test" && verb !== "digest") || stray.length > 0 || stage === undefined) {
    say(usage, process.stderr);
    return 2;
  }
  const { aws, stack } = await openDeployedStage(stage, region);
  if (verb === "digest") {
    const digest = outputOf(stack, outputNames.digestFunction);
    const { text } = (await aws.invoke(digest, { print: true })) as { text: string };
    say(text);
    return 0;
  }
  const alarm = outputOf(stack, outputNames.alarmFunction);
  const told = (await aws.invoke(alarm, { test: true })) as readonly Told[];
  for (const one of told) say(lineOf(one));
  if (told.length === 0) {
    const secret = outputOf(stack, outputNames.secretName("notices"));
    say(`no bot: put where it is into the secret ${secret}, as docs/notices.md shows`, process.stderr);
  }
  return told.length > 0 && told.every((one) => one.told) ? 0 : 1;
});

function lineOf(one: Told): string {
  if (one.told) return `✓ ${one.bot}: told`;
  const code = one.code === undefined ? "" : ` (${one.code})`;
  return `✗ ${one.bot}: ${one.reason}${code}${one.hint === undefined ? "" : ` → ${one.hint}`}`;
}
