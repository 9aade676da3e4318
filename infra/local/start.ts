import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import config from "#config";
import { secretReader } from "#lib/pipeline/secrets.ts";
import { enabledSources } from "#lib/sources/enabled.ts";
import { runCommand, say } from "./command.ts";
import { fixtureNames, readFixture, signDelivery } from "./fixtures.ts";
import { localLog } from "./log.ts";
import { fileSecrets } from "./secrets.ts";
import { localSettings } from "./settings.ts";
import { startStack, type Stack } from "./stack.ts";
import { table } from "./table.ts";

const uploadKinds = ["users", "otp"] as const;
/** Rows of the sample files that Authing could never take: one without any login, one of SHA-256. */
const rejectedOnPurpose = 2;
const samplesFolder = join(import.meta.dirname, "samples");
/** How long the samples may take before we say what did not arrive. */
const settleSeconds = 30;

// npm start [-- --once | --no-samples]: the whole bundle on this machine, and a first few people on their way through it.
await runCommand(async () => {
  const { values } = parseArgs({
    options: { once: { type: "boolean" }, "no-samples": { type: "boolean" }, verbose: { type: "boolean" } },
  });
  const settings = localSettings();
  const lines: string[] = [];
  const stack = await startStack({
    config,
    port: settings.port,
    loadSecret: fileSecrets(settings.secretsFile),
    ...(settings.authingHost !== undefined && { authingHost: settings.authingHost }),
    log: localLog((line) => {
      if (values.verbose) say(line);
      else lines.push(line);
    }),
  });
  process.once("SIGINT", () => void stack.close().then(() => process.exit(0)));
  process.once("SIGTERM", () => void stack.close().then(() => process.exit(0)));

  say(`Authing Inbound  ${stack.url}`);
  say(`Authing          ${stack.authingHost}${stack.sandbox ? "  (the sandbox, in memory)" : ""}\n`);

  let arrived = true;
  if (!values["no-samples"]) {
    arrived = await sendSamples(stack, settings.secretsFile);
    if (!arrived && !values.verbose) for (const line of lines.slice(-20)) say(line, process.stderr);
  }
  if (values.once) {
    await stack.close();
    return arrived ? 0 : 1;
  }
  printInvitation(stack.url);
  // The server keeps the process alive.
  return 0;
});

/** One signed delivery of each source, a file of people, and a file of TOTP secrets for them. Whether all of it arrived. */
async function sendSamples(stack: Stack, secretsFile: string): Promise<boolean> {
  const secrets = secretReader(fileSecrets(secretsFile));
  const expected: Expected[] = [];
  for (const [name, source] of enabledSources(config)) {
    const fixture = readFixture(name, sampleCase(name));
    const [secret] = await secrets.read(`sources/${name}`, source.secret);
    const request = signDelivery(source, secret, fixture, { now: Date.now(), id: `msg_${randomUUID()}` });
    const answer = await fetch(`${stack.url}/webhooks/${name}`, {
      method: "POST",
      headers: request.headers,
      body: request.body,
    });
    expected.push({ from: `webhook ${name}/${fixture.name}`, answered: answer.status });
  }
  for (const kind of uploadKinds) {
    const answer = await fetch(`${stack.url}/uploads/incoming/${kind}/sample.csv`, {
      method: "PUT",
      headers: { "content-type": "text/csv" },
      body: await readFile(join(samplesFolder, `${kind}.csv`)),
    });
    expected.push({ from: `file incoming/${kind}/sample.csv`, answered: answer.status });
    // The secrets are for people of the first file.
    await within(settleSeconds, stack.settled());
  }
  return printArrivals(stack, expected);
}

interface Expected {
  readonly from: string;
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
    expected.filter(({ answered }) => answered >= 300).length +
    unsettled +
    (await stack.shelf.list("dead", 1)).length;
  const brought = records.filter(({ outcome }) => outcome.kind === "accepted").map(({ source }) => source);
  const ok =
    lost === 0 &&
    rejected === rejectedOnPurpose &&
    imported.length === uploadKinds.length &&
    everySourceIn(brought);
  say(
    ok
      ? `All arrived: ${accepted} accepted; ${rejected} rows are rejected on purpose, to show how that looks.\n`
      : `Not everything arrived: see above.\n`,
  );
  return ok;

  function everySourceIn(names: readonly string[]): boolean {
    return [...enabledSources(config).keys(), "uploads"].every((name) => names.includes(name));
  }
}

function printInvitation(url: string): void {
  const senders = [...enabledSources(config).keys()].map(
    (name) => `npm run send -- ${name} ${sampleCase(name)}`,
  );
  say(`Send your own:

  printf '工号,姓名,邮箱\\n30001,李四,li.si@example.com\\n' | curl -T - ${url}/uploads/incoming/users/mine.csv
  printf '工号,secret\\n30001,JBSWY3DPEHPK3PXP\\n' | curl -T - ${url}/uploads/incoming/otp/mine.csv
  ${senders.join("\n  ")}

Ask what became of it:

  curl ${url}/people/30001
  curl ${url}/events
  curl ${url}/uploads/results/

Ctrl-C stops; everything is in memory only.`);
}

/** A source's first case that brings somebody new. */
function sampleCase(source: string): string {
  const names = fixtureNames(source);
  const bringsSomebody = (name: string) => JSON.stringify(goldenOf(source, name)).includes('"kind":"create"');
  return names.find(bringsSomebody) ?? names[0] ?? "";
}

function goldenOf(source: string, name: string): unknown {
  const fixture = readFixture(source, name);
  return (fixture.kind === "events" && fixture.golden) || [];
}

/** Whether `promise` resolved within so many seconds. */
async function within(seconds: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  return Promise.race([promise.then(() => true as const), late]).finally(() => clearTimeout(timer));
}
