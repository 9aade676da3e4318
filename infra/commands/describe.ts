import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { alarmsIn } from "#infra/describe/alarms.ts";
import { chinese } from "#infra/describe/chinese.ts";
import { english } from "#infra/describe/english.ts";
import { describePage } from "#infra/describe/page.ts";
import { runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";

// npm run --silent describe [-- --lang en|zh]: prints one page, in Markdown, of what a deployment of this configuration does. Calls nothing.
await runCommand(async () => {
  const { lang = "en" } = parseArgs({ options: { lang: { type: "string" } } }).values;
  const words = { en: english, zh: chinese }[lang];
  if (words === undefined) {
    say("npm run --silent describe -- --lang en, or zh", process.stderr);
    return 2;
  }
  const config = await loadConfig();
  const alarms = alarmsIn(readFileSync(new URL("../aws/alarms.yml", import.meta.url), "utf8"));
  say(describePage({ config, sources: enabledSources(config), alarms }, words).trimEnd());
  return 0;
});
