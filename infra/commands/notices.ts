import type { Told } from "#lib/notices/tell.ts";
import { outputNames } from "#infra/stage/outputs.ts";
import { outputOf } from "#infra/stage/stage.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { openDeployedStage } from "./deployed-stage.ts";

const options = { stage: "<stage>", region: "<region>" } as const;

type Named = { readonly stage?: string; readonly region?: string };

async function openNamed(verb: string, { stage, region }: Named) {
  if (stage === undefined)
    throw new UsageError("no stage is named", [`npm run notices -- ${verb} --stage <stage>`]);
  return openDeployedStage(stage, region);
}

// npm run notices -- test: sends a test to every bot of a deployed stage, and says what became of it at each.
const test = form(["test"], options, async (line) => {
  const { aws, stack } = await openNamed("test", line.options);
  const alarm = outputOf(stack, outputNames.alarmFunction);
  const told = (await aws.invoke(alarm, { test: true })) as readonly Told[];
  for (const one of told) say(lineOf(one));
  if (told.length === 0) {
    const secret = outputOf(stack, outputNames.secretName("notices"));
    say(`no bot: put where it is into the secret ${secret}, as docs/notices.md shows`, process.stderr);
  }
  return told.length > 0 && told.every((one) => one.told) ? 0 : 1;
});

// npm run notices -- digest: prints the digest of the last 24 hours, and sends it to no bot.
const digest = form(["digest"], options, async (line) => {
  const { aws, stack } = await openNamed("digest", line.options);
  const name = outputOf(stack, outputNames.digestFunction);
  const { text } = (await aws.invoke(name, { print: true })) as { text: string };
  say(text);
  return 0;
});

function lineOf(one: Told): string {
  if (one.told) return `✓ ${one.bot}: told`;
  const code = one.code === undefined ? "" : ` (${one.code})`;
  return `✗ ${one.bot}: ${one.reason}${code}${one.hint === undefined ? "" : ` → ${one.hint}`}`;
}

await runCommand("notices", test, digest);
