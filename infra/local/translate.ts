import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import config from "#config";
import { translationContext } from "#lib/config.ts";
import { InboundError } from "#lib/pipeline/errors.ts";
import { enabledSources } from "#lib/sources/enabled.ts";
import { runCommand, say } from "./command.ts";

const contentTypes: Record<string, string> = {
  ".form": "application/x-www-form-urlencoded",
  ".xml": "text/xml",
};

// npm run translate -- <source> <file>: prints the changes that a body of this source means, as JSON. Sends nothing.
await runCommand(async () => {
  const [name = "", path] = process.argv.slice(2);
  const sources = enabledSources(config);
  const source = sources.get(name);
  if (!source || path === undefined) {
    say(`npm run translate -- <${[...sources.keys()].join(" | ")}> <file with the body of a delivery>`);
    return 1;
  }
  const body = await readFile(path);
  const now = Date.now();
  const events = source.split({
    method: "POST",
    headers: { "content-type": contentTypes[extname(path)] ?? "application/json" },
    query: new URLSearchParams(),
    body,
    payload: body,
    receivedAt: now,
    sentAt: now,
    deliveryId: undefined,
  });
  const changes = events.flatMap((event) => {
    if (!(event instanceof InboundError)) return source.translate(event, translationContext(config, name));
    say(event.message, process.stderr);
    return [];
  });
  say(JSON.stringify(changes, undefined, 2));
  return 0;
});
