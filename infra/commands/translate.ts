import { readFile } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { translationContext } from "#lib/config.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { reopenDelivery, verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import type { KeptMessage } from "#lib/contract/parked.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Source, SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import { readAnswers, readDelivery } from "#infra/fixtures/cases.ts";
import { deliveryOf } from "#infra/fixtures/requests.ts";
import { startRecordedApi } from "#infra/fixtures/recorded-api.ts";
import { localSecrets } from "#infra/local/secrets.ts";
import { localSettings } from "#infra/local/settings.ts";

const contentTypes: Record<string, string> = {
  ".form": "application/x-www-form-urlencoded",
  ".xml": "text/xml",
};
const fetchSeconds = 30;

// npm run translate -- <source> <file>: prints the changes that a body of this source means, as JSON. Sends nothing. What a
// source would ask its own API is read from the answers.json beside the file.
await runCommand(async () => {
  const [name = "", path] = process.argv.slice(2);
  const config = await loadConfig();
  const sources = enabledSources(config);
  const source = sources.get(name);
  if (!source || path === undefined) {
    say(`npm run translate -- <${[...sources.keys()].join(" | ")}> <file with the body of a delivery>`);
    return 1;
  }
  const events = source.split(await readVerified(source, path));
  const answers = readAnswers(dirname(resolve(path)));
  const complete = answers.length > 0 ? await recordedPeople(source, answers) : undefined;
  const changes: unknown[] = [];
  let failed = false;
  for (const event of events) {
    try {
      if (event instanceof InboundError) throw event;
      const whole = complete ? await complete.event(event) : event;
      if (!complete && source.fetch && changes.length === 0) tellOfFetch(source);
      changes.push(...source.translate(whole, translationContext(config, name)));
    } catch (error) {
      if (!(error instanceof InboundError)) throw error;
      say(error.message, process.stderr);
      failed = true;
    }
  }
  await complete?.close();
  say(JSON.stringify(changes, undefined, 2));
  return failed && changes.length === 0 ? 1 : 0;
});

/** What a file holds: a delivery that was kept because it could not be read, or the body of one, with its `delivery.json` beside it. */
async function readVerified(source: Source, path: string): Promise<VerifiedDelivery> {
  const body = await readFile(path);
  const kept = unreadableIn(body);
  if (kept) return reopenDelivery(kept.delivery, kept.reception);
  const { method, headers, query, now } = readDelivery(dirname(resolve(path)));
  const isCase = basename(path).startsWith("body.");
  const receivedAt = isCase ? Date.parse(now) : Date.now();
  const said = {
    method,
    headers: { "content-type": contentTypes[extname(path)] ?? "application/json", ...headers },
    query,
    body,
  };
  return verifiedDelivery(source, deliveryOf(said, receivedAt), { payload: body, sentAt: receivedAt });
}

/** The message in what `kept/dead/` of the bucket holds. */
function unreadableIn(bytes: Buffer): Extract<QueuedMessage, { kind: "unreadable" }> | undefined {
  try {
    const document = JSON.parse(bytes.toString()) as Partial<KeptMessage> | null;
    return document?.message?.kind === "unreadable" ? document.message : undefined;
  } catch {
    return undefined;
  }
}

function tellOfFetch({ title }: Source): void {
  say(
    `${title} is asked about the people of events that only name them, when they are applied: what is said of them here is ` +
      `what the event says itself; put what ${title}'s API answers into answers.json beside the file to see the rest`,
    process.stderr,
  );
}

/** Completes events by what was recorded of a source's API. */
async function recordedPeople(source: Source, answers: ReturnType<typeof readAnswers>) {
  const api = await startRecordedApi([{ answers }]);
  const secrets = secretReader(
    localSecrets({ ...localSettings({}), isInvented: true }, { [source.name]: api.url }),
  );
  const open = sourceApis({ now: Date.now, wait: (milliseconds) => wait(milliseconds), random: Math.random });
  return {
    close: () => api.close(),
    async event(event: SourceEvent): Promise<SourceEvent> {
      if (!source.fetch) return event;
      const [secret] = await secrets.read(`sources/${source.name}`, source.secret);
      const deadline = Date.now() + fetchSeconds * 1000;
      return { ...event, payload: await source.fetch.read(event, open(source.fetch, secret, deadline)) };
    },
  };
}
