import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Source } from "#lib/contract/source.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { fixtureNames, fixtureSigner, readFixture, requestOf, type Fixture } from "#infra/fixtures/cases.ts";
import { readOwnDelivery } from "#infra/fixtures/own-delivery.ts";
import { isOfStory, needStory } from "#infra/fixtures/stories.ts";
import { localSecrets, sendersSecret } from "#infra/local/secret-file.ts";
import { localSettings } from "#infra/local/settings.ts";
import { knownSources, needSource } from "./chosen-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { didYouMean, nearMiss } from "#lib/text/near-miss.ts";
import { sendDelivery } from "./sending.ts";

// npm run send -- <source> <case | story | own file>: signs a delivery as its sender would now, sends it to the stack on this laptop,
// and says what became of each event; a check of the URL is sent exactly as it was captured. Without a case: what can be sent.
const send = form(
  ["[source]", "[case, story or file]"],
  { type: "<content type>", url: "<address>" },
  async ({ words, options }) => {
    const [name, what] = words;
    const config = await loadConfig();
    if (name === undefined) {
      const enabled = enabledSources(config);
      for (const known of enabled.keys()) say(`${known}: ${fixtureNames(known).join(", ")}`);
      const others = [...knownSources(config).keys()].filter((known) => !enabled.has(known));
      if (others.length > 0) say(`\nwith npm start -- --sources <names> also: ${others.join(", ")}`);
      say(
        "\nnpm run send -- <source> <case>, npm run send -- <source> story, or npm run send -- <source> <file>",
      );
      return 0;
    }
    const source = needSource(config, name);
    if (what === undefined) {
      printCases(name);
      return 0;
    }
    const settings = localSettings();
    const url = options.url ?? `http://localhost:${settings.port}`;
    const deliveries = deliveriesOf(source, what, options.type);
    const [secret] = await sendersSecret(source, localSecrets(settings));
    // A signer (what only the sender has) exists only beside the invented secrets.
    const signer = settings.isInvented ? fixtureSigner(name) : undefined;
    for (const [index, fixture] of deliveries.entries()) {
      if (index > 0) say("");
      const at = { now: Date.now(), id: `msg_${randomUUID()}` };
      const status = await sendDelivery(url, fixture, requestOf(source, secret, fixture, at, signer));
      // The next chapter of a story makes no sense after one that went wrong.
      if (status !== 0) return status;
    }
    return 0;
  },
  {
    stage:
      "send is for this laptop: a sample that is signed with the secret of a stage would create an invented person in a real user " +
      "pool; npm run doctor -- --stage <stage> tries each webhook with a delivery that is about no person",
  },
);

/** What the developer named: a case, all cases of the story, or a file of their own. */
function deliveriesOf(source: Pick<Source, "name">, what: string, type: string | undefined): Fixture[] {
  const { name } = source;
  if (what === "story") return needStory(name);
  const names = fixtureNames(name);
  if (names.includes(what)) return [readFixture(name, what)];
  // npm runs commands in the folder of the project, wherever they were typed.
  const path = resolve(process.env["INIT_CWD"] ?? ".", what);
  if (existsSync(path) || /[./\\]/.test(what)) return [readOwnDelivery(name, path, type)];
  throw unknown(`${name} has no case "${what}"`, what, [...names, "story"], `npm run send -- ${name}`);
}

function printCases(source: string): void {
  const names = fixtureNames(source);
  for (const each of names) say(`npm run send -- ${source} ${each}`);
  const story = names.filter((each) => isOfStory({ name: each }));
  if (story.length > 0)
    say(`\nnpm run send -- ${source} story\n  sends ${story.join(", ")}: one person joins, moves and leaves`);
}

function unknown(problem: string, typed: string, known: readonly string[], lists: string): TypeError {
  return new TypeError(`${problem}${didYouMean(nearMiss(typed, known)) || ";"} ${lists} lists them`);
}

await runCommand("send", send);
