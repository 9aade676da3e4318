import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import { playStory, type Story } from "#infra/prove/story.ts";
import { prove, speakingOf, type Totals } from "#infra/prove/prove.ts";
import { withSources } from "./chosen-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { loadConfig } from "./config.ts";

// npm run prove: plays random stories of the sources of inbound.config.ts against a model, in virtual time and with invented people:
// docs/proof.md. A story that breaks a rule is made as small as it goes and written to a file, which --replay plays again.

const minutesByDefault = "10";
const failingFile = "prove-failed.json";

const command = form(
  [],
  { minutes: "<number>", seed: "<number>", sources: "<names>", replay: "<file>" },
  async ({ options }) => {
    const own = await loadConfig();
    const config = options.sources === undefined ? own : withSources(own, options.sources);
    const { voices, silent } = await speakingOf(config);
    for (const [name, why] of silent) say(`not played: ${name}, ${why}`);
    if (voices.size === 0) {
      say("no source of the configuration has a story: CONTRIBUTING.md describes cases", process.stderr);
      return 1;
    }
    if (options.replay !== undefined) {
      const story = await readStory(options.replay);
      const { broken, trail } = await playStory(config, voices, story);
      return tellEnd(broken, trail);
    }
    const seed = numberOf("seed", options.seed ?? String(Date.now() % 1_000_000));
    const minutes = numberOf("minutes", options.minutes ?? minutesByDefault);
    say(`${voices.size} sources, ${minutes} minutes, --seed ${seed}`);
    const { totals, failing } = await prove(config, voices, {
      seed,
      stories: Number.POSITIVE_INFINITY,
      milliseconds: minutes * 60_000,
      played: (sofar) => {
        if (process.stdout.isTTY) process.stdout.write(`\r${told(sofar)}`);
      },
    });
    say(`${process.stdout.isTTY ? "\r" : ""}${told(totals)}`);
    if (!failing) {
      say("0 lost, 0 doubled, 0 open who should be closed");
      return 0;
    }
    const file = resolve(process.env["INIT_CWD"] ?? ".", failingFile);
    await writeFile(file, `${JSON.stringify(failing.story, undefined, 2)}\n`);
    tellEnd(failing.broken, failing.trail);
    say(`the smallest such story is in ${file}; npm run prove -- --replay ${failingFile} plays it again`);
    return 1;
  },
);

const told = ({ stories, events, rows, lists, kills, faults, people }: Totals): string =>
  `${stories} stories: ${events} events, ${rows} people in files, ${lists} lists, ${people} accounts, ${kills} kills, ${faults} faults`;

function tellEnd(broken: readonly string[], trail: readonly string[]): number {
  for (const line of trail) say(line);
  for (const rule of broken) say(`does not hold: ${rule}`);
  if (broken.length === 0) say("0 lost, 0 doubled, 0 open who should be closed");
  return broken.length === 0 ? 0 : 1;
}

async function readStory(path: string): Promise<Story> {
  const file = resolve(process.env["INIT_CWD"] ?? ".", path);
  try {
    return JSON.parse(await readFile(file, "utf8")) as Story;
  } catch {
    throw new InboundError("malformed", "file-missing", {
      path: file,
      hint: "--replay takes a file that npm run prove wrote",
    });
  }
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new UsageError(`--${name} takes a number above 0`, [`--${name} 1`]);
}

await runCommand("prove", command);
