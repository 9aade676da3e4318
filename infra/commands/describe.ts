import { readFileSync } from "node:fs";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { alarmsIn } from "#infra/describe/alarms.ts";
import { chinese } from "#infra/describe/chinese.ts";
import { english } from "#infra/describe/english.ts";
import { describePage } from "#infra/describe/page.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";

// npm run --silent describe [-- --lang en|zh]: prints one page, in Markdown, of what a deployment of this configuration does. Calls nothing.
const describe = form([], { lang: "<en|zh>" }, async ({ options }) => {
  const config = await loadConfig();
  const alarms = alarmsIn(readFileSync(new URL("../aws/alarms.yml", import.meta.url), "utf8"));
  const words = options.lang === "zh" ? chinese : english;
  say(describePage({ config, sources: enabledSources(config), alarms }, words).trimEnd());
  return 0;
});

await runCommand("describe", describe);
