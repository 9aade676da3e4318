import { setTimeout as wait } from "node:timers/promises";
import type * as z from "zod/mini";
import { AuthingSecret, connectAuthing } from "#lib/wiring/authing.ts";
import type { Config } from "#lib/config.ts";
import type { ParkedKind } from "#lib/contract/parked.ts";
import type { LastRosters } from "#lib/rosters/last-rosters.ts";
import type { ParkedList, ReasonCount } from "#lib/operations/list.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { Source } from "#lib/contract/source.ts";
import { NoticesSecret } from "#lib/notices/bots.ts";
import { checkAlarms } from "./alarms.ts";
import { checkAuthing } from "./authing.ts";
import { attention, fine, wrong, type Finding } from "./finding.ts";
import { outputNames } from "./outputs.ts";
import { checkPool } from "./pool.ts";
import { checkSecret, type NeededSecret } from "./secret-check.ts";
import { checkHook, compared, heard } from "./source-health.ts";
import { deliveriesWithinDays, outputOf, stackName, type Stack, type Stage } from "./stage.ts";
import { checkWebhook } from "./webhook.ts";

interface Examined {
  readonly config: Config;
  readonly sources: ReadonlyMap<string, Source>;
  /** The name of the stage. */
  readonly stage: string;
}

/** How many seconds a message may wait before the operator should look. The alarms of infra/aws/alarms.yml use the same limits. */
const oldSeconds = { events: 900, uploads: 7200, chunks: 7200, rosters: 7200 };
/** By how much this machine's clock may differ before the doctor reports it; proofs that cover a time tolerate 300 seconds. */
const clockToleranceSeconds = 60;

const clock = { now: Date.now, wait: (milliseconds: number) => wait(milliseconds), random: Math.random };

/** Checks a stage, first what everything else needs, last the webhooks, and yields each finding as soon as it is known. */
export async function* examine({ config, sources, stage }: Examined, aws: Stage): AsyncGenerator<Finding> {
  const name = stackName(config.service, stage);
  const there = `--stage ${stage} --region ${aws.region}`;
  const deploy = `npm run deploy -- ${there}`;
  const logOf = (functionName: string) =>
    `aws logs tail /aws/lambda/${name}-${functionName} --since 15m --region ${aws.region}`;

  const credentials = await checkCredentials(aws);
  yield credentials;
  if (credentials.state === "wrong") return;

  const { finding, stack } = await checkStack(name, aws, deploy);
  yield finding;
  if (!stack) return;
  yield* checkDeployed(sources, stack, deploy);

  const secrets = new Map<string, unknown>();
  for (const needed of [...neededSecrets(sources, stack), ...noticesSecret(stack)]) {
    const { finding, value } = await checkSecret(needed, aws);
    yield finding;
    if (value !== undefined) secrets.set(needed.name, value);
  }
  yield await checkKey(config, secrets);
  yield* await checkNames(config, secrets);

  for (const [kind, worker] of [
    ["events", "events-apply"],
    ["uploads", "uploads-plan"],
    ["chunks", "uploads-run"],
    ["rosters", "rosters-run"],
  ] as const) {
    yield* await tried(`queue of ${kind}`, () => checkQueue(kind, aws, stack, logOf(worker)));
  }
  for (const kind of ["dead", "held", "rejected", "waiting"] as const) {
    yield* await tried(parkedNames[kind], () => checkParked(kind, aws, stack, there));
  }
  yield* await tried("alarms", () => checkAlarms(aws, stack, secrets.get("notices")));

  let ahead = 0;
  for (const [source, definition] of sources) {
    const url = stack.outputs[outputNames.webhookUrl(source)];
    if (url === undefined) continue;
    const { finding, clockAheadSeconds } = await checkWebhook(definition as unknown as Source<unknown>, {
      url,
      secret: secrets.get(`sources/${source}`),
      log: logOf(`webhooks-${source}`),
    });
    yield finding;
    yield* await checkHook(definition, secrets.get(`sources/${source}`), url, clock);
    ahead = clockAheadSeconds ?? ahead;
  }
  const delivering = [...sources].filter(([, { trigger }]) => !trigger).map(([source]) => source);
  yield* await tried("deliveries", async () => {
    const last = await aws.lastDeliveries({ service: config.service, stage }, delivering);
    return heard(delivering, last, { now: clock.now(), withinDays: deliveriesWithinDays });
  });
  yield* await tried("rosters", async () => {
    const operations = outputOf(stack, outputNames.operationsFunction);
    const last = (await aws.invoke(operations, { operation: "last-rosters" })) as Partial<LastRosters>;
    return compared(sources, last, { now: clock.now(), there });
  });
  if (Math.abs(ahead) > clockToleranceSeconds) {
    yield attention(
      `clock: this machine's is ${Math.abs(ahead)} s ${ahead > 0 ? "ahead of" : "behind"} AWS's`,
      "set it; the functions have AWS's",
    );
  }
}

async function checkCredentials(aws: Stage): Promise<Finding> {
  try {
    return fine(`AWS: ${await aws.whoAmI()} in ${aws.region}`);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    const { reason, hint } = error;
    if (/^aws-(credentials-|does-not-answer)/.test(reason) && hint !== undefined) {
      return wrong(`AWS: ${reason}`, hint);
    }
    return wrong(
      `AWS: no credentials that work (${error.hint ?? error.reason})`,
      "name a profile with AWS_PROFILE=…, and log in where it needs that: aws sso login",
    );
  }
}

async function checkStack(
  name: string,
  aws: Stage,
  deploy: string,
): Promise<{ finding: Finding; stack?: Stack }> {
  const what = `stack ${name}`;
  let stack: Stack | undefined;
  try {
    stack = await aws.stack(name);
  } catch (error) {
    return { finding: failed(what, error) };
  }
  if (!stack) return { finding: wrong(`${what}: there is none in ${aws.region}`, deploy) };
  const { status } = stack;
  if (status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE") {
    return { finding: fine(`${what}: ${status}`), stack };
  }
  const events = `aws cloudformation describe-stack-events --stack-name ${name} --region ${aws.region}`;
  if (status === "UPDATE_ROLLBACK_COMPLETE") {
    const finding = attention(
      `${what}: ${status}: the last deployment failed, and the one before it is still running`,
      `${events}, then ${deploy}`,
    );
    return { finding, stack };
  }
  if (status.startsWith("UPDATE_") && status.endsWith("_IN_PROGRESS")) {
    return { finding: attention(`${what}: ${status}`, "run this again when it is done"), stack };
  }
  if (status.endsWith("_IN_PROGRESS")) {
    return { finding: wrong(`${what}: ${status}`, "run this again when it is done") };
  }
  const finding = wrong(`${what}: ${status}`, `${events}, then ${deploy}`);
  // After a failed update, the resources from before it still exist.
  return status.startsWith("UPDATE_") ? { finding, stack } : { finding };
}

/** Whether the sources that are switched on are those that are deployed. */
function checkDeployed(sources: ReadonlyMap<string, Source>, { outputs }: Stack, deploy: string): Finding[] {
  const outputOf = ([name, { trigger }]: readonly [string, Source]) =>
    trigger ? outputNames.triggerFunction(name) : outputNames.webhookUrl(name);
  const missing = [...sources].filter((each) => outputs[outputOf(each)] === undefined).map(([name]) => name);
  const wanted = new Set([...sources].map(outputOf));
  const left = Object.keys(outputs).filter(
    (name) => /(WebhookUrl|TriggerFunctionArn)$/.test(name) && !wanted.has(name),
  );
  return [
    ...missing.map((name) =>
      wrong(`source ${name}: is switched on in inbound.config.ts and not deployed`, deploy),
    ),
    ...left.map((name) =>
      attention(`output ${name}: is of a source that inbound.config.ts does not have`, deploy),
    ),
  ];
}

/** The secrets of the deployed sources, and Authing's access key. */
function neededSecrets(sources: ReadonlyMap<string, Source>, { outputs }: Stack): NeededSecret[] {
  const all: [string, z.core.$ZodType<unknown>][] = [
    ["authing", AuthingSecret],
    ...[...sources].map(([name, { secret }]): [string, z.core.$ZodType<unknown>] => [
      `sources/${name}`,
      secret,
    ]),
  ];
  return all.flatMap(([name, shape]) => {
    const id = outputs[outputNames.secretName(name)];
    return id === undefined ? [] : [{ name, id, shape }];
  });
}

/** Where the bots of group chats are. A stage that was deployed by an older version has none. */
function noticesSecret({ outputs }: Stack): NeededSecret[] {
  const id = outputs[outputNames.secretName("notices")];
  if (id === undefined) return [];
  const example = '{"feishu":{"url":"…","secret":"…"}}';
  const optional = "no group chat is told of alarms (docs/notices.md)";
  return [{ name: "notices", id, shape: NoticesSecret, optional, example }];
}

/** Whether Authing accepts the key in `secrets`. `setting`: where the operator corrects the host. */
export async function checkKey(
  config: Pick<Config, "authing">,
  secrets: ReadonlyMap<string, unknown>,
  setting?: string,
): Promise<Finding> {
  if (!secrets.has("authing")) return attention("Authing: was not asked", "put its secret first: see above");
  const reader = secretReader(async (name) => ({ current: secrets.get(name) }));
  const client = connectAuthing(config.authing, reader);
  try {
    return await checkAuthing(client, config.authing.host, setting);
  } finally {
    client.close();
  }
}

/** Whether the user pool has the custom fields and departments that the configuration names. */
export async function checkNames(
  config: Pick<Config, "authing" | "sources" | "uploads">,
  secrets: ReadonlyMap<string, unknown>,
): Promise<Finding[]> {
  if (!secrets.has("authing")) return [];
  const reader = secretReader(async (name) => ({ current: secrets.get(name) }));
  const client = connectAuthing(config.authing, reader);
  try {
    return await checkPool(client, config);
  } catch (error) {
    if (!(error instanceof InboundError)) throw error;
    return [attention(`custom fields and departments: were not checked (${error.reason})`, "see above")];
  } finally {
    client.close();
  }
}

async function checkQueue(
  kind: keyof typeof oldSeconds,
  aws: Stage,
  stack: Stack,
  log: string,
): Promise<Finding[]> {
  const { queue: waitingIn, dead: diedIn } = outputNames[kind];
  const [queue, dead] = await Promise.all(
    [waitingIn, diedIn].map((output) => aws.queue(outputOf(stack, output))),
  );
  if (!queue || !dead) return [];
  const { oldestSeconds } = queue;
  const age = oldestSeconds === undefined ? "" : `, the oldest for ${duration(oldestSeconds)}`;
  const depth = `queue of ${kind}: ${queue.waiting} wait, ${queue.inFlight} are worked on${age}`;
  const died = dead.waiting + dead.inFlight;
  // The dead-letter queue of chunks also holds finishes of imports: the redrive returns each message to its own queue.
  const back = kind === "chunks" ? "" : ` --destination-arn ${queue.arn}`;
  return [
    (oldestSeconds ?? 0) > oldSeconds[kind] ? wrong(depth, `see why: ${log}`) : fine(depth),
    died === 0
      ? fine(`queue of dead ${kind}: empty`)
      : wrong(
          `queue of dead ${kind}: ${died} that no function could process`,
          `see why: ${log}; then aws sqs start-message-move-task --source-arn ${dead.arn}${back} --region ${aws.region}`,
        ),
  ];
}

const parkedNames = {
  dead: "dead letters",
  held: "held events",
  rejected: "rejected events",
  waiting: "waiting events",
} as const satisfies Record<ParkedKind, string>;

/** Parked messages of one kind. When they can be listed, operations-run works, too. */
async function checkParked(kind: ParkedKind, aws: Stage, stack: Stack, there: string): Promise<Finding[]> {
  const name = outputOf(stack, outputNames.operationsFunction);
  const request = { operation: "list", kinds: [kind], limit: 1, totals: true };
  const { rows, totals = [], all } = (await aws.invoke(name, request)) as ParkedList;
  const what = parkedNames[kind];
  const [oldest] = rows;
  if (!oldest) return [fine(`${what}: none`)];
  const count = (all ?? totals).reduce((sum, each) => sum + each.count, 0);
  const found = `${what}: ${count}, the oldest since ${oldest.since}${reasonsOf(totals)}`;
  const list = `npm run parked -- list ${kind} ${there}`;
  return [kind === "waiting" && waitsByDesign(totals) ? fine(found) : attention(found, list)];
}

/** An event that waits for a date needs no operator; every other reason to wait may be one that the operator can mend. */
const waitsByDesign = (totals: readonly ReasonCount[]) =>
  totals.every(({ reason }) => reason === "date-ahead");

function reasonsOf(totals: readonly ReasonCount[]): string {
  return ` (${totals.map(({ source, reason, count }) => `${source} ${reason}: ${count}`).join(", ")})`;
}

/** The findings of a check; or one finding that the check failed, and which right it needs. */
async function tried(what: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [failed(what, error)];
  }
}

function failed(what: string, error: unknown): Finding {
  if (!(error instanceof InboundError)) throw error;
  const { reason, path = "", hint = "" } = error;
  switch (reason) {
    case "output-missing":
      return wrong(`${what}: ${reason} (${path})`, hint);
    case "aws-refuses":
      return wrong(`${what}: ${reason} (${path}: ${hint})`, `let these credentials do ${path}`);
    case "function-failed":
      return wrong(`${what}: ${reason} (${path}: ${hint})`, "look at the log of this function");
    default:
      return wrong(`${what}: ${reason} (${path}: ${hint})`, "run this again");
  }
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
