import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { translationContext } from "#lib/config.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { translatedOf } from "#lib/pipeline/meaning.ts";
import { reopenDelivery, verifiedDelivery } from "#lib/pipeline/verified-delivery.ts";
import type { ParkedMessage } from "#lib/contract/parked.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import type { Source, SourceEvent, VerifiedDelivery } from "#lib/contract/source.ts";
import { applySettings } from "#lib/wiring/delivery-settings.ts";
import { needSource } from "./chosen-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import {
  fixtureSecret,
  fixtureSigner,
  readAnswers,
  readDelivery,
  readFixture,
} from "#infra/fixtures/cases.ts";
import { meaningOf } from "#infra/local/case-meaning.ts";
import { deliveryOf } from "#infra/fixtures/requests.ts";
import { startRecordedApi } from "#infra/local/recorded-api.ts";
import { localSecrets } from "#infra/local/secret-file.ts";
import { localSettings } from "#infra/local/settings.ts";

const contentTypes: Record<string, string> = {
  ".form": "application/x-www-form-urlencoded",
  ".xml": "text/xml",
};
const fetchSeconds = 30;

// npm run translate -- <source> <file>: prints as JSON the changes that the file means. The file holds the body of a delivery of
// this source, or a delivery that was parked because it could not be read. Sends nothing. What a source would ask its own API is
// read from the answers.json beside the file. With --golden the file is of a case, and the changes are written into the case's
// changes.json, by the clock and the settings of the case.
const translate = form(["<source>", "<file>"], { golden: "" }, async ({ words, options }) => {
  const [name = "", file = ""] = words;
  // npm runs commands in the folder of the project, wherever they were typed.
  const path = resolve(process.env["INIT_CWD"] ?? ".", file);
  const config = await loadConfig();
  const source = needSource(config, name);
  if (options.golden) return writeGolden(source, dirname(path));
  const events = source.split(await readVerified(source, path));
  const answers = readAnswers(dirname(path));
  const complete = answers.length > 0 ? await recordedPeople(source, answers) : undefined;
  const changes: unknown[] = [];
  let failed = false;
  for (const event of events) {
    try {
      if (event instanceof InboundError) throw event;
      const whole = complete ? await complete.event(event) : event;
      if (!complete && source.fetch && changes.length === 0) tellOfFetch(source);
      const ports = {
        ...applySettings(config),
        source: () => source,
        translation: () => translationContext(config, name),
      };
      const meaning = translatedOf(name, whole, { ...ports, authing: config.authing });
      if (meaning.outOfScope)
        say(`${name}: out of scope: the function scope of inbound.config.ts says so`, process.stderr);
      changes.push(...meaning.changes);
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

/** Writes the changes of a case into its `changes.json`, with which the suite compares from then on. */
async function writeGolden(source: Source, folder: string): Promise<number> {
  const cases = dirname(folder);
  const fixture = readFixture(source.name, basename(folder), cases);
  if (fixture.kind === "handshake") {
    say(`${folder}: a check of the URL means no change; its answer is in reply.json`, process.stderr);
    return 1;
  }
  const secret = z.safeParse(source.secret, fixtureSecret(source.name, cases));
  if (!secret.success) {
    say(`${cases}/secret.json: write an invented secret in the shape of the source's`, process.stderr);
    return 1;
  }
  const signer = fixtureSigner(source.name, cases);
  const { golden, requests } = await meaningOf({ source, secret: secret.data, signer }, fixture);
  const unknown = requests.filter(({ known }) => !known).map(({ request }) => request);
  if (unknown.length > 0) {
    say(`${folder}/answers.json has no answer to ${unknown.join(", ")}: nothing is written`, process.stderr);
    return 1;
  }
  const file = join(folder, "changes.json");
  await writeFile(file, `${JSON.stringify(golden, undefined, 2)}\n`);
  say(`${file}: read it as you would review it, since the suite compares with it from now on`);
  return 0;
}

/** Reads a file: a delivery that was parked because it could not be read, or a body with its `delivery.json` beside it. */
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

/** The message inside an object of `parked/dead/` in the bucket. */
function unreadableIn(bytes: Buffer): Extract<QueuedMessage, { kind: "unreadable" }> | undefined {
  try {
    const document = JSON.parse(bytes.toString()) as Partial<ParkedMessage> | null;
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

/** Completes events with the recorded answers of a source's API. */
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

await runCommand("translate", translate);
