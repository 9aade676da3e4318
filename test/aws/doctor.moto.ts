import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  CloudWatchClient,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { secretLoader } from "#lib/aws/secret-loader.ts";
import { defineConfig } from "#lib/config.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { startSandbox, type Sandbox } from "#infra/sandbox/sandbox.ts";
import { fixtureSecret } from "#infra/fixtures/cases.ts";
import type { LocalServer } from "#infra/local/server.ts";
import { startStack, type Stack } from "#infra/local/stack.ts";
import { openStage } from "#infra/stage/aws.ts";
import { examine } from "#infra/stage/checks.ts";
import { lineOf, type Finding } from "#infra/stage/finding.ts";
import type { Stage } from "#infra/stage/stage.ts";
import { serveOperations } from "./operations-function.ts";
import { createSecret, putSecret } from "./resources.ts";
import { createStack } from "./stage.ts";
import { parkedList } from "../contract/parked-list.ts";

// npm run doctor, explain, dead and held against a deployed stage: the real SDK asks moto, which has the stack. A stack of this
// machine answers at the webhooks' addresses, and in place of the one function that moto could not run.

const names = ["bamboohr", "clerk", "dingtalk", "feishu", "okta", "wecom"];
const key = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-access-key-secret" };
const functionName = "operations-of-the-doctor";
const alarmFunction = "authing-inbound-doctor-notices-alarm";
const quiet = () => {};

let sandbox: Sandbox;
let lambda: LocalServer;
beforeAll(async () => {
  sandbox = await startSandbox({ accessKeys: [key] });
  lambda = await serveOperations(functionName, () => stack.url);
  process.env["AWS_ENDPOINT_URL_LAMBDA"] = `http://127.0.0.1:${lambda.port}`;
});
afterAll(async () => {
  await lambda.close();
  await sandbox.close();
});

let stage = "";
let stack: Stack;
let aws: Stage;
const configOf = (host: string) =>
  defineConfig({
    authing: { host },
    sources: { bamboohr: {}, clerk: {}, dingtalk: {}, feishu: {}, okta: {}, wecom: {} },
  });
beforeEach(async () => {
  stage = `doctor-${randomUUID().slice(0, 8)}`;
  stack = await startStack({
    config: configOf(sandbox.url),
    loadSecret: secretLoader({ service: "authing-inbound", stage }),
    authingHost: sandbox.url,
    port: 0,
    log: { info: quiet, warn: quiet, error: quiet },
  });
  const urls = names.map((name) => [
    `${name.slice(0, 1).toUpperCase()}${name.slice(1)}WebhookUrl`,
    `${stack.url}/webhooks/${name}`,
  ]);
  await createStack(stage, {
    ...Object.fromEntries(urls),
    OperationsFunctionName: functionName,
    NoticesAlarmFunctionName: alarmFunction,
  });
  for (const name of ["authing", "notices", ...names.map((name) => `sources/${name}`)])
    await createSecret(idOf(name));
  aws = openStage();
  return () => stack.close();
});

const idOf = (secret: string) => `authing-inbound/${stage}/${secret}`;
const put = (secret: string, value: unknown) => putSecret(idOf(secret), JSON.stringify(value));
async function putAll(): Promise<void> {
  await put("authing", key);
  for (const name of names) await put(`sources/${name}`, fixtureSecret(name));
  await put("notices", {
    feishu: { url: "https://open.feishu.cn/open-apis/bot/v2/hook/1", secret: "of-feishu" },
  });
}
const outputs = async () => (await aws.stack(`authing-inbound-${stage}`))?.outputs ?? {};

async function findings(): Promise<Finding[]> {
  const config = configOf(sandbox.url);
  return Array.fromAsync(examine({ config, sources: enabledSources(config), stage }, aws));
}
const linesOf = (all: readonly Finding[]) => all.map(lineOf).join("\n");

describe("npm run doctor", () => {
  it("says after the first deployment which commands are still to be run", async () => {
    const all = await findings();
    const lines = linesOf(all);
    expect(lines).toMatch(/^✓ AWS: arn:aws:sts:.* in us-east-1$/m);
    expect(lines).toContain(`✓ stack authing-inbound-${stage}: CREATE_COMPLETE`);
    expect(lines).toContain(
      `✗ secret authing: has no value yet → put it: aws secretsmanager put-secret-value --region us-east-1 --secret-id ${idOf("authing")} --secret-string '{"accessKeyId":"…","accessKeySecret":"…"}'`,
    );
    expect(lines).toContain(`--secret-id ${idOf("sources/bamboohr")} --secret-string '{"privateKey":"…"}'`);
    expect(lines).toContain("! Authing: was not asked → put its secret first: see above");
    expect(lines).toContain(
      `! secret notices: has no value: no group chat is told of alarms (docs/notices.md) → put it: aws secretsmanager put-secret-value --region us-east-1 --secret-id ${idOf("notices")} --secret-string '{"feishu":{"url":"…","secret":"…"}}'`,
    );
    expect(lines).toContain("✓ queue of events: 0 wait, 0 are worked on");
    expect(lines).toContain(
      "! alarms: the topic has no subscriber, and no bot is told → aws sns subscribe --topic-arn arn:aws:sns:us-east-1:",
    );
    expect(lines).toMatch(
      /! webhook clerk: answers 503 in \d+ ms, as it does without a secret → put its secret first: see above/,
    );
    expect(all.filter(({ state }) => state === "wrong")).toHaveLength(1 + names.length);
  });

  it("finds a complete stage fine, and changes no account", async () => {
    await putAll();
    const { AlarmsTopicArn = "" } = await outputs();
    for (const [Protocol, Endpoint] of [
      ["email", "operations@example.com"],
      ["lambda", `arn:aws:lambda:us-east-1:123456789012:function:${alarmFunction}`],
    ]) {
      await new SNSClient().send(new SubscribeCommand({ TopicArn: AlarmsTopicArn, Protocol, Endpoint }));
    }
    const all = await findings();
    await stack.settled();

    // The vendors do not know this stage, and nothing was delivered or compared yet.
    const others = all.filter(({ state }) => state !== "fine").map(lineOf);
    expect(others.filter((line) => !/^! (hook|deliveries|roster) of /.test(line))).toEqual([]);
    expect(others).toContain(
      `! roster of feishu: was never compared → npm run reconcile -- feishu --plan --stage ${stage} --region us-east-1`,
    );
    const lines = linesOf(all);
    for (const name of names) {
      expect(lines).toContain(`✓ secret sources/${name}: has the fields that it needs`);
      expect(lines).toMatch(
        new RegExp(
          `✓ webhook ${name}: refuses what has no proof \\(401 in \\d+ ms\\), takes what is signed \\(20[02] in \\d+ ms\\)`,
        ),
      );
    }
    expect(lines).toMatch(/✓ Authing: .* takes the access key, and answered a look-up in \d+ ms/);
    expect(lines).toContain("✓ alarms: 1 subscribed");
    expect(lines).toContain("✓ alarms: told to the bots of feishu");
    expect(sandbox.users()).toEqual([]);
    expect(await parkedList(stack.parked, "dead", 10)).toEqual([]);
    expect(stack.ledger.recent(10).map(({ outcome }) => outcome)).toEqual(
      ["clerk", "feishu"].map(() => ({ kind: "already-done", reason: "nothing-to-do" })),
    );
  });

  it("names each thing that is wrong, what to do about it, and no secret", async () => {
    await putAll();
    await put("authing", { ...key, accessKeySecret: "another-access-key-secret" });
    await putSecret(idOf("sources/okta"), "00-plain-okta-token");
    await put("sources/wecom", {
      ...fixtureSecret("wecom"),
      encodingAesKey: "too-short-wecom-key",
      corpId: undefined,
    });
    await put("notices", { feishu: { url: "http://open.feishu.cn/", secret: "of-feishu" } });
    // This function still uses the secret from before a rotation, in a stage whose clock or proxy is wrong.
    await put("sources/clerk", { signingSecret: "whsec_aW52ZW50ZWQtZm9yLXRlc3RzLW9ubHktMDE=" });
    const {
      DeadUploadsQueueUrl = "",
      DeadEventsQueueUrl = "",
      EventsQueueUrl = "",
      AlarmsTopicArn = "",
    } = await outputs();
    const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
    await sqs.send(new SendMessageCommand({ QueueUrl: DeadUploadsQueueUrl, MessageBody: "{}" }));
    for (const QueueUrl of [EventsQueueUrl, DeadEventsQueueUrl]) {
      const ids = { MessageGroupId: "g", MessageDeduplicationId: "d" };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}", ...ids }));
    }
    const cloudWatch = new CloudWatchClient();
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: "AWS/SQS",
        MetricData: [
          {
            MetricName: "ApproximateAgeOfOldestMessage",
            Dimensions: [{ Name: "QueueName", Value: EventsQueueUrl.split("/").at(-1) }],
            Value: 5400,
            Timestamp: new Date(Date.now() - 60_000),
          },
        ],
      }),
    );
    const alarms = [
      ["dead", AlarmsTopicArn],
      ["old", AlarmsTopicArn],
      ["foreign", `${AlarmsTopicArn}s`],
    ];
    for (const [name = "", topic = ""] of alarms) {
      const AlarmName = `${stage}-${name}`;
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          AlarmDescription: `Something is ${name}`,
          AlarmActions: [topic],
          ComparisonOperator: "GreaterThanThreshold",
          EvaluationPeriods: 1,
        }),
      );
      if (name === "old") continue;
      await cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "a test" }),
      );
    }
    const message = {
      kind: "unreadable",
      source: "clerk",
      id: "d-1",
      reason: "body-not-json",
      delivery: { method: "POST", rawQuery: "", headers: {}, payload: "" },
      reception: { receivedAt: "2026-03-01T00:00:00.000Z", proof: "standard-webhooks" },
    } as const;
    const about = { message, ledgerId: "d-1", attempts: 1, since: "2026-03-01T00:00:00.000Z" };
    for (const kind of ["dead", "held"] as const) {
      await stack.parked.keep({ ...about, kind, reason: "body-not-json" });
    }
    const dueAt = "9999-01-01T00:00:00.000Z";
    await stack.parked.keep({ ...about, kind: "waiting", reason: "source-paused", dueAt });

    const lines = linesOf(await findings());
    expect(lines).toMatch(
      /✗ Authing: .*: credentials-refused \(.*\) → compare accessKeyId and accessKeySecret/,
    );
    expect(lines).toContain("✗ secret sources/okta: its value is no JSON → put it: ");
    expect(lines).toContain(
      "✗ secret sources/wecom: encodingAesKey does not have the form that it needs, corpId is missing → put it: ",
    );
    expect(lines).toContain(
      "✓ secret sources/clerk: has the fields that it needs, and so has the previous one",
    );
    expect(lines).toContain("✗ secret notices: feishu.url does not have the form that it needs → put it: ");
    expect(lines).toMatch(
      /✗ queue of events: 1 wait, 0 are worked on, the oldest for 90 min → see why: aws logs tail .*-events-apply/,
    );
    expect(lines).toMatch(
      /✗ queue of dead events: 1 .* start-message-move-task --source-arn arn:aws:sqs:\S+ --destination-arn arn:aws:sqs:\S+ --region us-east-1/,
    );
    expect(lines).toContain("✗ queue of dead uploads: 1 that no function could process");
    expect(lines).toContain(
      `! dead letters: 1, the oldest since 2026-03-01T00:00:00.000Z (clerk body-not-json: 1) → npm run parked -- list dead --stage ${stage} --region us-east-1`,
    );
    expect(lines).toContain("! held events: 1, ");
    expect(lines).toContain(
      `! waiting events: 1, the oldest since 2026-03-01T00:00:00.000Z (clerk source-paused: 1) → npm run parked -- list waiting --stage ${stage} --region us-east-1`,
    );
    expect(lines).toContain("✓ rejected events: none");
    expect(lines).toContain(`✗ alarm ${stage}-dead: Something is dead`);
    expect(lines).not.toMatch(/-foreign|-old|none of/);
    expect(lines).toMatch(/! webhook okta: answers 503 in \d+ ms, as it does without a secret/);
    expect(lines).not.toMatch(/secret authing: .* taken too/);
    for (const value of [
      "access-key-secret",
      "of-feishu",
      "okta-token",
      "too-short",
      "whsec_",
      key.accessKeyId,
    ]) {
      expect(lines).not.toContain(value);
    }
  });

  it("says that a stage does not exist, and that the credentials lack a right", async () => {
    const config = configOf(sandbox.url);
    const all = await Array.fromAsync(
      examine({ config, sources: enabledSources(config), stage: "nowhere" }, aws),
    );
    expect(linesOf(all)).toContain(
      "✗ stack authing-inbound-nowhere: there is none in us-east-1 → npm run deploy -- --stage nowhere --region us-east-1",
    );
    await expect(aws.queue("http://127.0.0.1/no-such-queue")).rejects.toMatchObject({
      reason: "aws-refuses",
      path: "sqs:GetQueueAttributes",
    });
  });
});

function run(...command: string[]): Promise<{ status: number; out: string; error: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, command, (failure, out, error) =>
      resolve({ status: Number(failure?.code ?? 0), out, error }),
    );
  });
}

describe("the commands, with --stage", () => {
  it("print what they print on a laptop", async () => {
    await putAll();
    const body = JSON.stringify({
      employees: [
        {
          id: "10010",
          action: "Created",
          fields: { "First Name": "三", "Last Name": "张", "Work Email": "zhang.san@example.com" },
        },
        { id: "10011", action: "Created", fields: { "First Name": "四" } },
      ],
    });
    const bamboohr = enabledSources(configOf(sandbox.url)).get("bamboohr");
    const signed = bamboohr?.proof.sign(Buffer.from(body), fixtureSecret("bamboohr") as never, {
      now: Date.now(),
      id: "1",
    });
    await fetch(`${stack.url}/webhooks/bamboohr`, { method: "POST", headers: signed?.headers ?? {}, body });
    await stack.settled();
    const [event] = stack.ledger.recent(1);

    const [onLaptop, onStage] = [`--url ${stack.url}`, `--stage ${stage}`];
    const same = async (...command: string[]) => {
      const [laptop, deployed] = await Promise.all([
        run(...command, ...onLaptop.split(" ")),
        run(...command, ...onStage.split(" ")),
      ]);
      // Commands to be pasted are about the same place.
      const told = ({ out, error }: { out: string; error: string }) => [
        out.replaceAll(` ${onStage}`, ` ${onLaptop}`),
        error.replaceAll(` ${onStage}`, ` ${onLaptop}`),
      ];
      expect(told(deployed)).toEqual(told(laptop));
      expect(deployed.status).toBe(laptop.status);
      return deployed;
    };
    expect(await same("infra/commands/explain.ts", "10010")).toMatchObject({
      status: 0,
      out: /accepted/ as never,
    });
    expect((await same("infra/commands/explain.ts", `bamboohr/${event?.id}`)).out).toContain(
      `bamboohr/${event?.id}`,
    );
    expect((await same("infra/commands/explain.ts", event?.id ?? "")).out).toContain(`bamboohr/${event?.id}`);
    expect(await same("infra/commands/explain.ts", "unknown")).toMatchObject({ status: 1 });
    expect((await same("infra/commands/parked.ts", "list", "dead")).out).toContain("identifier-missing");
    expect((await same("infra/commands/parked.ts", "redrive", "preview", "--source", "clerk")).status).toBe(
      0,
    );
    expect((await same("infra/commands/parked.ts", "list", "held")).out).toContain("nothing is held");
  }, 60_000);

  it("say in one line what went wrong", async () => {
    const missing = await run("infra/commands/explain.ts", "10010", "--stage", "nowhere");
    expect(missing).toMatchObject({ status: 1, out: "" });
    expect(missing.error).toMatch(/^misconfigured: stack-missing; at authing-inbound-nowhere; .*\n$/);
    const failed = aws.invoke(functionName, { operation: "destroy" });
    await expect(failed).rejects.toThrow(/^unavailable: function-failed; at .*operation-unknown[^\n]*$/);
    await expect(aws.invoke("no-such-function", {})).rejects.toMatchObject({ path: "lambda:InvokeFunction" });
    const both = await run(
      "infra/commands/parked.ts",
      "list",
      "--stage",
      "prod",
      "--url",
      "http://localhost:1",
    );
    expect(both).toMatchObject({
      status: 2,
      error: "--url and --stage name two places; type\n  give one of them\n",
    });
    const unanswered = await run("infra/commands/parked.ts", "list", "--url", "http://localhost:1");
    expect(unanswered.error).toMatch(
      /^unavailable: no-answer; at http:\/\/localhost:1; [^\n]*npm start[^\n]*\n$/,
    );
    const doctor = await run("infra/commands/doctor.ts", "--stage", "nowhere");
    expect(doctor).toMatchObject({ status: 1, error: "" });
    expect(doctor.out).toMatch(/\n1 wrong, 0 to look at, 1 fine\n$/);
  }, 60_000);
});
