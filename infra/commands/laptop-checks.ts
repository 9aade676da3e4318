import { setTimeout as wait } from "node:timers/promises";
import type * as z from "zod/mini";
import { AuthingSecret } from "#lib/wiring/authing.ts";
import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret, SecretVersions } from "#lib/contract/secrets.ts";
import type { Source } from "#lib/contract/source.ts";
import { checkKey, checkNames } from "#infra/stage/checks.ts";
import { attention, fine, wrong, type Finding } from "#infra/stage/finding.ts";
import { checkValue, exampleOf } from "#infra/stage/secret-check.ts";
import { localSecrets, ownSecrets } from "#infra/local/secret-file.ts";
import type { localSettings } from "#infra/local/settings.ts";
import { checkSourceApi } from "./laptop-source-api.ts";
import { findStack, type FoundStack } from "./laptop-stack.ts";
import { portNext, portProblem, portTaken } from "./ports.ts";

// `npm run doctor -- --local`: what `npm start` or `npm run serve` on this machine needs, with secrets of one's own.

interface Laptop {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Source>;
  readonly settings: ReturnType<typeof localSettings>;
}

/** By how much this machine's clock may differ before the doctor reports it; proofs that cover a time tolerate 300 seconds. */
const clockToleranceSeconds = 60;
const answerSeconds = 10;

/** Checks this machine, first what everything else needs, and yields each finding as soon as it is known. Changes nothing anywhere. */
export async function* examineLaptop({ config, sources, settings }: Laptop): AsyncGenerator<Finding> {
  yield fine(`Node: ${process.version}`);
  yield fine(`inbound.config.ts: ${[...sources.keys()].join(", ") || "no source"} switched on`);
  const running = await findStack(`http://localhost:${settings.port}`).catch(() => undefined);
  yield* checkPorts(settings, running);
  const isService = running?.command === "npm run serve";
  if (running && running.dead > 0) {
    const next = "read the log of npm run serve for its reasons, then: npm run serve -- --revive";
    yield attention(`queues: ${running.dead} messages were received too often and wait for you`, next);
  }

  const { isInvented, secretsFile, authingHost } = settings;
  if (isInvented) {
    const next = "INBOUND_SECRETS=<your file> checks and uses your own: docs/laptop.md";
    yield authingHost === undefined
      ? attention("secrets: the invented ones, with the sandbox for Authing", next)
      : wrong(`secrets: the invented ones, which ${authingHost} (AUTHING_HOST) does not know`, next);
    return;
  }
  const load = isService ? ownSecrets(secretsFile) : localSecrets(settings);
  const secrets = new Map<string, unknown>();
  for (const [name, shape] of neededSecrets(sources)) {
    const { finding, value, isFileUnreadable } = await checkFileSecret({ name, shape, secretsFile }, load);
    yield finding;
    if (isFileUnreadable) return;
    if (value !== undefined) secrets.set(name, value);
  }

  const host = authingHost ?? config.authing.host;
  const setting = authingHost === undefined ? "authing.host in inbound.config.ts" : "AUTHING_HOST";
  yield await checkKey({ authing: { ...config.authing, host } }, secrets, setting);
  yield* await checkNames({ ...config, authing: { ...config.authing, host } }, secrets);
  if (authingHost === undefined && !isService) {
    yield attention(
      "Authing: npm start uses the sandbox",
      `AUTHING_HOST=${host} npm start changes real accounts there`,
    );
  }
  for (const [name, source] of sources) {
    const secret = secrets.get(`sources/${name}`);
    if (source.fetch && secret !== undefined) yield await checkSourceApi(source, secret, clock);
  }
  yield* await checkClock(host);
}

const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: Math.random };

/** The ports of the stack and, where no other Authing is named, of the sandbox. */
async function* checkPorts(
  { port, authingHost }: Laptop["settings"],
  running: FoundStack | undefined,
): AsyncGenerator<Finding> {
  // PORT=0 takes free ports.
  const needed = port === 0 ? [] : authingHost === undefined ? [port, port + 1] : [port];
  const problems: [number, string][] = [];
  for (const each of needed) {
    const problem = await portProblem(each);
    if (problem !== undefined) problems.push([each, problem]);
  }
  if (problems.length === 0) {
    yield fine(`ports: ${needed.join(" and ") || "any"} free`);
    return;
  }
  if (running) {
    yield fine(`ports: ${running.command} runs on ${port}`);
    return;
  }
  for (const [each, code] of problems) yield wrong(`ports: ${portTaken(each, port, code)}`, portNext(port));
}

function neededSecrets(sources: ReadonlyMap<string, Source>): [string, z.core.$ZodType<unknown>][] {
  return [
    ["authing", AuthingSecret],
    ...[...sources]
      .filter(([, { trigger }]) => trigger === undefined)
      .map(([name, { secret }]): [string, z.core.$ZodType<unknown>] => [`sources/${name}`, secret]),
  ];
}

interface FileSecret {
  readonly name: string;
  readonly shape: z.core.$ZodType<unknown>;
  readonly secretsFile: string;
}

async function checkFileSecret(
  { name, shape, secretsFile }: FileSecret,
  load: LoadSecret,
): Promise<{ finding: Finding; value?: unknown; isFileUnreadable?: true }> {
  const put = `write it into ${secretsFile}: "${name}": ${exampleOf(shape)}`;
  let versions: SecretVersions;
  try {
    versions = await load(name);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    if (error.reason === "secret-missing") {
      return { finding: wrong(`secret ${name}: is not in the file of INBOUND_SECRETS`, put) };
    }
    const what = `secrets: ${error.reason} (${error.path ?? secretsFile})`;
    return { finding: wrong(what, error.hint ?? put), isFileUnreadable: true };
  }
  return checkValue({ name, shape, put }, versions);
}

/** This machine's clock, by the date in an answer of Authing's host. No finding where there is no answer, which `checkKey` reports. */
async function checkClock(host: string): Promise<Finding[]> {
  const answer = await fetch(host, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(answerSeconds * 1000),
  }).catch(() => undefined);
  const ahead = Math.round((Date.now() - Date.parse(answer?.headers.get("date") ?? "")) / 1000);
  if (Number.isNaN(ahead)) return [];
  if (Math.abs(ahead) <= clockToleranceSeconds)
    return [fine(`clock: within ${clockToleranceSeconds} s of ${host}'s`)];
  const direction = ahead > 0 ? "ahead of" : "behind";
  const what = `clock: this machine's is ${Math.abs(ahead)} s ${direction} ${host}'s`;
  return [wrong(what, "set it: receivers refuse signatures of another time")];
}
