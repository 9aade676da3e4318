import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { localSettings } from "#infra/local/settings.ts";
import { runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { finishEnrolment, laptopDesk, stageDesk } from "./enrolment.ts";
import { placeOptions, placeUsage } from "./operations-client.ts";

// npm run enrol -- <source> [--stage <stage>] [--yes]: shows the operator the enrolment of a source, which is what its sender
// posted for its secret. After a yes, writes it into the secret, on this laptop or on a deployed stage.
await runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { ...placeOptions, yes: { type: "boolean" } },
    allowPositionals: true,
  });
  const { url, stage, region, yes = false } = values;
  const [name = ""] = positionals;
  const sources = enabledSources(await loadConfig());
  const source = sources.get(name);
  if (!source) {
    const able = [...sources.values()].filter(({ enrol }) => enrol).map((each) => each.name);
    say(`npm run enrol -- <source> [--yes] ${placeUsage}`);
    say(able.length === 0 ? "no source that is switched on brings its secret itself" : able.join(", "));
    return 1;
  }
  const settings = localSettings();
  const desk =
    stage === undefined
      ? laptopDesk(name, { ...settings, url: url ?? `http://localhost:${settings.port}` })
      : await stageDesk(name, { stage, region });
  return finishEnrolment(source, desk, { tell: say, confirm: yes ? async () => true : ask });
});

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} (yes/no) `)).trim());
  } finally {
    terminal.close();
  }
}
