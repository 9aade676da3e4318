import { readFileSync } from "node:fs";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { alarmsIn } from "#infra/describe/alarms.ts";
import { describePage } from "#infra/describe/page.ts";
import { runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";

// npm run --silent describe: prints one page, in Markdown, of what a deployment of this configuration does. Calls nothing.
await runCommand(async () => {
  const config = await loadConfig();
  const alarms = alarmsIn(readFileSync(new URL("../aws/alarms.yml", import.meta.url), "utf8"));
  say(describePage({ config, sources: enabledSources(config), alarms }).trimEnd());
  return 0;
});
