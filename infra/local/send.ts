import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import config from "#config";
import { secretReader } from "#lib/pipeline/secrets.ts";
import { enabledSources } from "#lib/sources/enabled.ts";
import { runCommand, say } from "./command.ts";
import { fixtureNames, readFixture, signDelivery } from "./fixtures.ts";
import { fileSecrets } from "./secrets.ts";
import { localSettings } from "./settings.ts";

// npm run send -- <source> <case> [--url http://localhost:3000]: signs a captured delivery as its sender would now, and posts it.
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { url: { type: "string" } }, allowPositionals: true });
  const [name = "", caseName = ""] = positionals;
  const sources = enabledSources(config);
  const source = sources.get(name);
  if (!source) {
    say("npm run send -- <source> <case> [--url http://localhost:3000]\n");
    for (const known of sources.keys()) say(`${known}: ${fixtureNames(known).join(", ")}`);
    return name === "" ? 0 : 1;
  }
  const settings = localSettings();
  const fixture = readFixture(name, caseName);
  const [secret] = await secretReader(fileSecrets(settings.secretsFile)).read(
    `sources/${name}`,
    source.secret,
  );
  const request = signDelivery(source, secret, fixture, { now: Date.now(), id: `msg_${randomUUID()}` });

  const url = new URL(`/webhooks/${name}`, values.url ?? `http://localhost:${settings.port}`);
  for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
  const answer = await fetch(url, { method: "POST", headers: request.headers, body: request.body }).catch(
    () => {
      say(`nobody answers at ${url.origin}: run npm start first`, process.stderr);
    },
  );
  if (!answer) return 1;
  say(`${answer.status} ${await answer.text()}`.trim());
  return answer.ok ? 0 : 1;
});
