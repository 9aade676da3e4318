import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { localSettings } from "#infra/local/settings.ts";
import { confirm, form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { finishEnrolment, laptopDesk, stageDesk } from "./enrolment.ts";
import { placeOptions } from "./operations-client.ts";

// npm run enrol -- <source> [--stage <stage>] [--yes]: shows the operator the enrolment of a source, which is what its sender
// posted for its secret. After a yes, writes it into the secret, on this laptop or on a deployed stage.
const enrol = form(["<source>"], { yes: "", ...placeOptions }, async ({ words, options }) => {
  const { url, stage, region, yes } = options;
  const [name = ""] = words;
  const sources = enabledSources(await loadConfig());
  const source = sources.get(name);
  if (!source) {
    const able = [...sources.values()].filter((each) => each.enrol).map((each) => each.name);
    say(
      `no source ${name} is switched on; these bring their secret themselves: ${able.join(", ") || "none"}`,
    );
    return 1;
  }
  const settings = localSettings();
  const desk =
    stage === undefined
      ? laptopDesk(name, { ...settings, url: url ?? `http://localhost:${settings.port}` })
      : await stageDesk(name, { stage, region });
  return finishEnrolment(source, desk, { tell: say, confirm: yes ? async () => true : confirm });
});

await runCommand("enrol", enrol);
