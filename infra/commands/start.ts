import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { Source } from "#lib/contract/source.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { form, runCommand, say } from "./command.ts";
import { loadConfig } from "./config.ts";
import {
  fixtureNames,
  fixtureSigner,
  readFixtures,
  requestOf,
  type EventFixture,
} from "#infra/fixtures/cases.ts";
import { readListFixture } from "#infra/fixtures/lists.ts";
import { sampleCase } from "#infra/fixtures/sample-case.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { createConsole } from "#infra/console/console.ts";
import { laptopBackend } from "#infra/console/laptop.ts";
import { localLog } from "#infra/local/log.ts";
import { postRequest } from "#infra/fixtures/post.ts";
import { startRecordedApis, type RecordedApis } from "#infra/local/recorded-api.ts";
import { localSecrets, sendersSecret } from "#infra/local/secret-file.ts";
import { localSettings } from "#infra/local/settings.ts";
import { startStack, type Stack } from "#infra/local/stack.ts";
import { openStore, temporaryStore } from "#infra/store/store.ts";
import { withSources } from "./chosen-sources.ts";
import { portFailure } from "./ports.ts";
import { table } from "./table.ts";

/** How many rows of the sample files Authing can never accept: one has no way to sign in, one is a TOTP secret for SHA-256. */
const rejectedOnPurpose = 2;
const samplesFolder = join(import.meta.dirname, "../fixtures/samples");
/** The sample files by the folder that they are uploaded to. The secrets are for people of the first folder. */
const sampleFiles = ["users", "otp"].map((kind) =>
  readdirSync(join(samplesFolder, kind)).map((name) => `${kind}/${name}`),
);
/** Departments of the sandbox, for `npm run departments`: some of those that the recorded lists of sources have. */
const sampleOrganizations = [
  {
    code: "example",
    name: "示例公司",
    departments: [
      { id: "6350a1b2c3d4e5f607180001", name: "研发部", code: "RD" },
      { id: "6350a1b2c3d4e5f607180002", name: "Frontend", code: "FE", parent: "6350a1b2c3d4e5f607180001" },
      { id: "6350a1b2c3d4e5f607180003", name: "研发", code: "RDC" },
      { id: "6350a1b2c3d4e5f607180004", name: "Legal", code: "LEGAL" },
    ],
  },
];
/** How long the samples may take before the command says what did not arrive. */
const arriveSeconds = 30;

/** What `--keep` keeps: a store of its own, since the accounts of the sandbox are none of a real Authing. */
const keptFolder = join(import.meta.dirname, "../../.inbound/laptop");

// npm start [-- --once | --no-samples | --keep]: runs the whole bundle on this machine and sends a few sample people through it.
// --sources <name>,<name>: with these sources in place of those of the configuration.
const options = { sources: "<names>", once: "", "no-samples": "", keep: "", verbose: "" } as const;
const start = form([], options, async ({ options }) => {
  const settings = localSettings();
  const configured = await loadConfig();
  const config = options.sources === undefined ? configured : withSources(configured, options.sources);
  const sources = enabledSources(config);
  const asking = [...sources.values()].filter(({ fetch, list }) => fetch ?? list).map(({ name }) => name);
  // With the developer's own secrets, sources ask the hosts that those secrets name.
  const apis = settings.isInvented
    ? await startRecordedApis(Object.fromEntries(asking.map((name) => [name, recordingsOf(name)])))
    : undefined;
  const loadSecret = localSecrets(settings, apis?.urls);
  // The log is printed after the samples have arrived: the table says the same, unless something went wrong.
  let held: string[] | undefined = options.verbose ? undefined : [];
  const store = options.keep
    ? await openStore(keptFolder, { callSeconds: config.authing.timeoutSeconds })
    : temporaryStore();
  store.belongTo(settings.authingHost ?? "sandbox");
  const isEmpty = store.ledger.recent(1).length === 0;
  const stack = await startStack({
    config,
    store,
    port: settings.port,
    loadSecret,
    ...(settings.authingHost !== undefined && { authingHost: settings.authingHost }),
    sandbox: { organizations: sampleOrganizations },
    isInvented: settings.isInvented,
    page: ({ machine, sandbox, url }) =>
      createConsole(
        laptopBackend({
          machine,
          sandbox,
          loadSecret,
          isInvented: settings.isInvented && sandbox !== undefined,
          url,
          ...(apis && { play: (source, recording) => apis.play(source, recording) }),
        }),
      ),
    log: localLog((line) => {
      if (held) held.push(line);
      else say(line);
    }),
    ...(apis && {
      record: (source, answers) => apis.play(source, { answers }),
      recordedPeople: (source) => readListFixture(source)?.asked.map(({ subject }) => subject),
    }),
  }).catch(async (error: unknown) => {
    await apis?.close();
    throw portFailure(error, settings.port);
  });
  const close = async () => {
    await stack.close();
    await apis?.close();
    store.close();
  };
  process.once("SIGINT", () => void close().then(() => process.exit(0)));
  process.once("SIGTERM", () => void close().then(() => process.exit(0)));

  say(`Authing Inbound  ${stack.url}`);
  say(`Page             ${stack.page}`);
  say(`Authing          ${stack.authingHost}${stack.sandbox ? "  (the sandbox, in memory)" : ""}`);
  if (apis && asking.length > 0) say(`Sources' APIs    recorded answers, for ${asking.join(", ")}`);
  say("");

  let arrived = true;
  if (settings.authingHost !== undefined) {
    say(`No samples are sent: they would create invented people at ${settings.authingHost}.\n`);
  } else if (!isEmpty) {
    say(`No samples are sent: ${keptFolder} has them. The sandbox has forgotten their accounts.\n`);
  } else if (!options["no-samples"]) {
    arrived = await sendSamples(stack, sources, loadSecret, apis);
    if (!arrived) for (const line of held?.slice(-20) ?? []) say(line, process.stderr);
  }
  held = undefined;
  if (options.once) {
    await close();
    return arrived ? 0 : 1;
  }
  printInvitation(stack.url, stack.page ?? "", [...sources.keys()], options.keep === true);
  // The server keeps the process alive.
  return 0;
});

/**
 * Sends one signed delivery of each source, files of people, and a file of TOTP secrets for them. Resolves to whether all of it
 * arrived.
 */
async function sendSamples(
  stack: Stack,
  sources: ReadonlyMap<string, Source>,
  loadSecret: LoadSecret,
  apis: RecordedApis | undefined,
): Promise<boolean> {
  const hasAnswers = apis !== undefined;
  const expected: Expected[] = [];
  for (const [name, source] of sources) {
    const sample = sampleCase(name, hasAnswers);
    const versions = await sendersSecret(source, loadSecret).catch(passMissing);
    if (sample === undefined || versions === undefined) {
      const why = versions
        ? "it has no case of a joiner that is complete without its API"
        : "it has no secret";
      say(`${name}: no sample is sent, since ${why}\n`);
      continue;
    }
    apis?.play(name, sample);
    const [secret] = versions;
    const at = { now: Date.now(), id: `msg_${randomUUID()}` };
    const request = requestOf(source, secret, sample, at, hasAnswers ? fixtureSigner(name) : undefined);
    const answer = await postRequest(stack.url, name, request);
    expected.push({
      from: `${source.trigger ? "trigger" : "webhook"} ${name}/${sample.name}`,
      source: name,
      answered: answer?.status ?? 0,
    });
  }
  for (const files of sampleFiles) {
    for (const file of files) {
      const body = await readFile(join(samplesFolder, file));
      const answer = await fetch(`${stack.url}/uploads/incoming/${file}`, { method: "PUT", body });
      expected.push({ from: `file incoming/${file}`, source: "uploads", answered: answer.status });
    }
    await within(arriveSeconds, stack.settled());
  }
  return printArrivals(stack, expected);
}

interface Expected {
  readonly from: string;
  /** The sources and subjects of the sample joiners. */
  readonly source: string;
  readonly answered: number;
}

async function printArrivals(stack: Stack, expected: readonly Expected[]): Promise<boolean> {
  say(
    table(
      ["sent", "answer"],
      expected.map(({ from, answered }) => [from, String(answered)]),
    ),
  );
  const all = stack.ledger.recent(1000);
  const records = all.filter((record) => record.type !== "import");
  const imported = all.filter((record) => record.type === "import" && record.outcome.kind === "accepted");
  const rows = records.map((record) => [
    record.source === "uploads" ? record.id : `${record.source} ${record.type}`,
    record.changes.join(" + "),
    record.externalId ?? record.subject,
    [record.outcome.kind, record.outcome.reason, record.outcome.field].filter(Boolean).join(" "),
    record.outcome.userId ?? "",
  ]);
  say(table(["event or row", "change", "person", "outcome", "Authing user"], rows));
  if (stack.sandbox) {
    const people = stack.sandbox
      .users()
      .map((user) => [
        user.externalId ?? "",
        user.name ?? "",
        user.email ?? "",
        user.phone === undefined ? "" : `${user.phoneCountryCode ?? ""} ${user.phone}`,
        stack.sandbox?.otpOf(user.userId) ? "yes" : "",
      ]);
    say(table(["externalId", "name", "email", "phone", "TOTP"], people));
  }
  const unsettled = (await within(1, stack.settled())) ? 0 : 1;
  const accepted = records.filter(({ outcome }) => outcome.kind === "accepted").length;
  const rejected = records.filter(({ outcome }) => outcome.kind === "rejected").length;
  const lost =
    expected.filter(({ answered }) => answered < 200 || answered >= 300).length +
    unsettled +
    (await stack.parked.count({ kinds: ["dead"] })).length;
  const brought = new Set(
    records
      .filter(({ changes, outcome }) => changes.length > 0 && /^(accepted|already-done)$/.test(outcome.kind))
      .map(({ source }) => source),
  );
  const ok =
    lost === 0 &&
    rejected === rejectedOnPurpose &&
    imported.length === sampleFiles.flat().length &&
    expected.every(({ source }) => brought.has(source));
  say(
    ok
      ? `All arrived: ${accepted} accepted; ${rejected} rows are rejected on purpose, to show how that looks.\n`
      : `Not everything arrived: see above.\n`,
  );
  return ok;
}

function printInvitation(url: string, page: string, sources: readonly string[], isKept: boolean): void {
  const senders = sources.flatMap((name) => {
    const sample = sampleCase(name)?.name ?? fixtureNames(name)[0];
    return sample === undefined ? [] : [`npm run send -- ${name} ${sample}`];
  });
  const stories = sources.flatMap((name) =>
    readStory(name).length > 0 ? [`npm run send -- ${name} story`] : [],
  );
  const { port } = new URL(url);
  // Commands ask the port of PORT, and another terminal has another PORT.
  const here = port === "3000" ? "" : ` (in another terminal, export PORT=${port} first)`;
  say(`Look at them:

  ${page}

Send your own${here}:

  printf '工号,姓名,邮箱\\n30001,李四,li.si@example.com\\n' | curl -T - ${url}/uploads/incoming/users/mine.csv
  printf '工号,secret\\n30001,JBSWY3DPEHPK3PXP\\n' | curl -T - ${url}/uploads/incoming/otp/mine.csv
  ${senders.join("\n  ")}

A person who joins, moves and leaves:

  ${stories.join("\n  ")}

Ask what became of it:

  curl ${url}/people/30001
  curl ${url}/events
  curl ${url}/uploads/results/

Ctrl-C stops${isKept ? `; ${keptFolder} keeps what has come in` : ", and nothing is kept"}.`);
}

/** `undefined` where the secret is missing; any other failure to load it is thrown. */
function passMissing(error: unknown): undefined {
  if (!(error instanceof InboundError && error.reason === "secret-missing")) throw error;
}

/** What the API of a source answers about the people of its cases, and its whole list. */
function recordingsOf(source: string) {
  const list = readListFixture(source);
  const asked = list?.asked.flatMap(({ answers }) => answers) ?? [];
  return [
    ...eventFixtures(source),
    ...(list ? [{ answers: [...list.answers, ...asked], startsAgain: true }] : []),
    ...(list?.departments ? [{ answers: list.departments.answers, startsAgain: true }] : []),
  ];
}

function eventFixtures(source: string): EventFixture[] {
  return readFixtures(source).filter((fixture) => fixture.kind === "events");
}

/** Whether `promise` resolved within so many seconds. */
async function within(seconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  return Promise.race([promise.then(() => true as const), late]).finally(() => clearTimeout(timer));
}

await runCommand("start", start);
