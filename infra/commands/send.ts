import { randomUUID } from "node:crypto";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { fixtureNames, fixtureSigner, readFixture, requestOf } from "#infra/fixtures/cases.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { localSecrets } from "#infra/local/secret-file.ts";
import { localSettings } from "#infra/local/settings.ts";

// npm run send -- <source> <case> [--url http://localhost:3000]: signs a captured delivery as its sender would now, and
// sends it; a check of the URL is sent exactly as it was captured.
const send = form(["[source]", "[case]"], { url: "<address>" }, async ({ words, options }) => {
  const [name = "", caseName = ""] = words;
  const sources = enabledSources(await loadConfig());
  const source = sources.get(name);
  if (!source) {
    say("npm run send -- <source> <case> [--url http://localhost:3000]\n");
    for (const known of sources.keys()) say(`${known}: ${fixtureNames(known).join(", ")}`);
    return name === "" ? 0 : 1;
  }
  const settings = localSettings();
  const fixture = readFixture(name, caseName);
  const secrets = secretReader(localSecrets(settings));
  const [secret] = await secrets.read(`sources/${name}`, source.secret);
  const at = { now: Date.now(), id: `msg_${randomUUID()}` };
  // A signer (what only the sender has) exists only beside the invented secrets.
  const signer = settings.isInvented ? fixtureSigner(name) : undefined;
  const request = requestOf(source, secret, fixture, at, signer);

  const url = options.url ?? `http://localhost:${settings.port}`;
  const answer = await postRequest(url, fixture, request);
  if (!answer) {
    say(`there is no answer at ${url}: run npm start first`, process.stderr);
    return 1;
  }
  say(`${answer.status} ${await answer.text()}`.trim());
  const isWanted = fixture.kind === "handshake" ? answer.status === fixture.reply.status : answer.ok;
  return isWanted ? 0 : 1;
});

await runCommand("send", send);
