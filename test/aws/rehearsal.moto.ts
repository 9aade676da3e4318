import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enrolmentKey } from "#lib/aws/enrolments.ts";
import { stagePolicies, type StagePolicy } from "#infra/aws/permissions.ts";
import { resourceRights } from "#infra/aws/resource-rights.ts";
import { contentsOf } from "./rehearsal/account.ts";
import { first, second } from "./rehearsal/configurations.ts";
import { copyOfRepository, type Copy } from "./rehearsal/copy.ts";
import { compared } from "./rehearsal/policies.ts";
import { startMoto, type Moto } from "./stack/moto.ts";
import { startRecorder, type Recorder } from "./stack/recorder.ts";

// A deployment from its first day to its last, with the commands that an operator runs, against moto. Each test goes on where the one
// before it has stopped. moto has no API Gateway in its CloudFormation and runs no function: no webhook answers, and no function.

const where = { account: "200000000001", region: "us-east-1" };
const stage = "trial";
const stack = `authing-inbound-${stage}`;
/** Long enough for a machine with other things to do. */
const timeout = 180_000;

let moto: Moto;
let recorder: Recorder;
let copy: Copy;
beforeAll(async () => {
  moto = await startMoto();
  recorder = await startRecorder({
    ...where,
    aws: moto.url,
    secretArn: (name) => `arn:aws:secretsmanager:${where.region}:${where.account}:secret:${name}-a1b2c3`,
  });
  copy = copyOfRepository(recorder.url, where.region);
});
afterAll(async () => {
  copy?.remove();
  await recorder?.close();
  await moto?.close();
});

/** Runs a command as its own principal, so that the recorder tells the commands apart. */
const run = (script: string, ...words: string[]) => copy.run(script, [...words, "--stage", stage], script);
const client = () => ({
  region: where.region,
  endpoint: recorder.url,
  forcePathStyle: true,
  credentials: { accessKeyId: "tests", secretAccessKey: "invented" },
});
const cloudFormation = () => new CloudFormationClient(client());
const secrets = () => new SecretsManagerClient(client());
const contents = () => contentsOf(client());
const secretId = (name: string) => `authing-inbound/${stage}/${name}`;

async function outputs(): Promise<Readonly<Record<string, string>>> {
  const { Stacks } = await cloudFormation().send(new DescribeStacksCommand({ StackName: stack }));
  return Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
  );
}

/** The digest of a function's package, as Lambda has it. */
async function codeOf(name: string): Promise<string | undefined> {
  const command = new GetFunctionCommand({ FunctionName: `${stack}-${name}` });
  return (await new LambdaClient(client()).send(command)).Configuration?.CodeSha256;
}

const functionsWithoutSource = [
  "events-apply",
  "notices-alarm",
  "notices-digest",
  "operations-run",
  "rosters-run",
  "unclaimed-refuse",
  "uploads-finish",
  "uploads-plan",
  "uploads-run",
  "waiting-bring-back",
  "watch-fields",
  "watch-silence",
];
const functionsOf = (...sources: string[]) =>
  [...functionsWithoutSource, ...sources.map((name) => `webhooks-${name}`)]
    .map((name) => `${stack}-${name}`)
    .toSorted();
const secretsOf = (...sources: string[]) =>
  ["authing", "digests", "notices", "uploads", ...sources.map((name) => `sources/${name}`)]
    .map(secretId)
    .toSorted();

/** What the operator and the functions have put there, and what must outlive the deployment. */
const kept = { Bucket: "", TableName: "", key: "" };
const object = "results/people.csv-1/summary.json";
const item = { pk: { S: "event#1" }, sk: { S: "event" } };
async function expectKept(): Promise<void> {
  const { SecretString } = await secrets().send(
    new GetSecretValueCommand({ SecretId: secretId("sources/clerk") }),
  );
  expect(SecretString).toBe('{"signingSecret":"invented"}');
  const read = new GetObjectCommand({ Bucket: kept.Bucket, Key: object });
  expect(await (await new S3Client(client()).send(read)).Body?.transformToString()).toBe("{}");
  const get = new GetItemCommand({ TableName: kept.TableName, Key: item });
  expect((await new DynamoDBClient(client()).send(get)).Item).toEqual(item);
  expect((await contents()).keys).toEqual([kept.key]);
}

describe("a deployment on AWS", () => {
  it("creates all that its template holds, at the first attempt", { timeout }, async () => {
    copy.configure(first);
    const { status, out } = await run("deploy");
    expect(out).toContain(`Service deployed to stack ${stack}`);
    expect(status).toBe(0);

    const there = await contents();
    expect(there.functions).toEqual(functionsOf("acme", "clerk", "okta"));
    expect(there.secrets).toEqual(secretsOf("acme", "clerk", "okta"));
    // And the role of the schedule of the digest.
    expect(there.roles).toHaveLength(there.functions.length + 1);
    expect(there).toMatchObject({ mappings: 5, topics: [expect.stringContaining("AlarmsTopic")] });
    expect(there.queues.filter((name) => name.endsWith(".fifo"))).toHaveLength(2);
    expect(there.queues).toHaveLength(9);
    const { UploadsBucketName = "", LedgerTableName = "" } = await outputs();
    expect(there.buckets).toContain(UploadsBucketName);
    expect(there.tables).toEqual([LedgerTableName]);
    Object.assign(kept, { Bucket: UploadsBucketName, TableName: LedgerTableName, key: there.keys[0] });
  });

  it(
    "has no secret yet: the doctor says so, and finds what moto does have in order",
    { timeout },
    async () => {
      const { status, out } = await run("doctor");
      expect(status).toBe(1);
      const wrong = out.split("\n").filter((line) => line.startsWith("✗"));
      const expected = [
        ...["authing", "sources/clerk", "sources/okta", "sources/acme"].map(
          (name) => new RegExp(`^✗ secret ${name}: has no value yet → put it: aws secretsmanager`),
        ),
        // moto runs no function.
        ...["dead letters", "held events", "rejected events", "waiting events"].map(
          (what) => new RegExp(`^✗ ${what}: function-failed \\(${stack}-operations-run: `),
        ),
        // moto has no API Gateway.
        ...["clerk", "okta", "acme"].map((name) => new RegExp(`^✗ webhook ${name}: no server answers at `)),
        new RegExp(`^✗ rosters: function-failed \\(${stack}-operations-run: `),
      ];
      expect(wrong).toEqual(expected.map((line) => expect.stringMatching(line)));
      const fine = out.split("\n").filter((line) => line.startsWith("✓"));
      expect(fine.join("\n")).toMatch(
        /^✓ AWS: .*\n✓ stack .*: UPDATE_COMPLETE\n(✓ queue of .*\n){8}✓ alarms: none of \d\d rings$/,
      );
    },
  );

  it("takes its secrets from the operator, and from a sender that brings one", { timeout }, async () => {
    const value = '{"signingSecret":"invented"}';
    await secrets().send(
      new PutSecretValueCommand({ SecretId: secretId("sources/clerk"), SecretString: value }),
    );
    const s3 = new S3Client(client());
    const none = await run("enrol", "acme", "--yes");
    expect(none).toMatchObject({ status: 1, out: expect.stringContaining("nothing of Acme HR is kept") });
    const fields = { signingKey: "invented-signing-key" };
    const Body = JSON.stringify({ source: "acme", receivedAt: "2026-03-01T00:00:00.000Z", fields });
    await s3.send(new PutObjectCommand({ Bucket: kept.Bucket, Key: enrolmentKey("acme"), Body }));
    expect(await run("enrol", "acme", "--yes")).toMatchObject({ status: 0 });
    const { SecretString } = await secrets().send(
      new GetSecretValueCommand({ SecretId: secretId("sources/acme") }),
    );
    expect(JSON.parse(SecretString ?? "")).toEqual(fields);
    // As the functions write while they run.
    await s3.send(new PutObjectCommand({ Bucket: kept.Bucket, Key: object, Body: "{}" }));
    await new DynamoDBClient(client()).send(new PutItemCommand({ TableName: kept.TableName, Item: item }));
  });

  it("asks its function for the operator", { timeout }, async () => {
    // moto runs no function: this is how far a command gets there.
    const commands = [
      ["explain", "10010", "operations-run"],
      ["parked", "list", "operations-run"],
      ["notices", "test", "notices-alarm"],
      ["notices", "digest", "notices-digest"],
    ] as const;
    for (const [script, word, name] of commands) {
      const asked = await copy.run(script, [word, "--stage", stage], "operate");
      const failed = new RegExp(`^unavailable: function-failed; at ${stack}-${name}; .*\\n$`);
      expect(asked).toEqual({ status: 1, out: expect.stringMatching(failed) });
    }
  });

  it(
    "takes a changed setting, a source more and a source less, and keeps what it holds",
    { timeout },
    async () => {
      const [worker, refusing] = [await codeOf("events-apply"), await codeOf("unclaimed-refuse")];
      const before = await contents();
      copy.configure(second);
      expect(await run("deploy")).toMatchObject({ status: 0 });

      const after = await contents();
      expect(after.functions).toEqual(functionsOf("acme", "okta", "wecom"));
      expect(await codeOf("events-apply")).not.toBe(worker);
      expect(await codeOf("unclaimed-refuse")).toBe(refusing);
      for (const names of [after.roles, after.alarms].map((names) => names.join())) {
        expect(names).not.toContain("WebhooksClerk");
        expect(names).toContain("WebhooksWecom");
      }
      // The secret of the source that was taken away is kept.
      expect(after.secrets).toEqual(secretsOf("acme", "clerk", "okta", "wecom"));
      const { queues, buckets, tables } = before;
      expect(after).toMatchObject({ queues, buckets, tables });
      await expectKept();
    },
  );

  it("has no type of resource whose rights infra/aws/resource-rights.ts lacks, and the other way round", async () => {
    const { TemplateBody = "" } = await cloudFormation().send(new GetTemplateCommand({ StackName: stack }));
    const { Resources } = JSON.parse(TemplateBody) as { Resources: Record<string, { Type: string }> };
    const types = new Set(Object.values(Resources).map(({ Type }) => Type));
    expect(Object.keys(resourceRights).toSorted()).toEqual([...types].toSorted());
  });

  it("is removed, without secrets, bucket, ledger and key", { timeout }, async () => {
    const { status, out } = await run("remove");
    expect(out).toContain("has been successfully removed");
    expect(status).toBe(0);
    await expect(outputs()).rejects.toThrow("does not exist");
    expect(await contents()).toEqual({
      functions: [],
      mappings: 0,
      roles: [],
      queues: [],
      topics: [],
      alarms: [],
      buckets: [kept.Bucket],
      tables: [kept.TableName],
      secrets: secretsOf("acme", "clerk", "okta", "wecom"),
      keys: [kept.key],
    });
    await expectKept();
  });
});

describe("the policies for deploying and operating", () => {
  const policies = stagePolicies(
    { service: "authing-inbound", encryption: "customer-managed", network: undefined },
    stage,
  );
  const named = (...names: StagePolicy["name"][]) => policies.filter(({ name }) => names.includes(name));
  /** Calls that IAM allows to every principal, and one that osls does without. */
  const neverRefused = /^sts:GetCallerIdentity |^ecr:DescribeRepositories /;

  it.each([
    ["deploy", named("deploy-stack", "deploy-data")],
    ["remove", named("deploy-stack", "deploy-data")],
    ["operate", named("operate")],
    ["doctor", named("doctor")],
    ["enrol", named("enrol")],
  ])("allow all that npm run %s calls", (caller, own) => {
    expect(recorder.calls.some((call) => call.caller === caller)).toBe(true);
    const { refused } = compared(recorder.calls, caller, own, where);
    expect(refused.filter((call) => !neverRefused.test(call))).toEqual([]);
  });

  it.each(["operate", "doctor", "enrol"] as const)("allow nothing that %s does not call", (caller) => {
    const { unused } = compared(recorder.calls, caller, named(caller), where);
    // The services use the key on the caller's behalf, and moto encrypts nothing; the age is asked for of messages that wait, and none
    // does; the right to list tells a missing object from a forbidden one.
    const unseen = /^kms:(Decrypt|GenerateDataKey) |^cloudwatch:GetMetricData |^s3:ListBucket /;
    expect(unused.filter((action) => !unseen.test(action))).toEqual([]);
  });

  it("allow to a deployment nothing that neither osls calls nor a type of resource needs", () => {
    const needed = new Set(
      Object.values(resourceRights).flatMap((rights) => rights.flatMap(({ actions }) => actions)),
    );
    const calls = recorder.calls.map((call) =>
      call.caller === "remove" ? { ...call, caller: "deploy" } : call,
    );
    const { unused } = compared(calls, "deploy", named("deploy-stack", "deploy-data"), where);
    expect(unused.filter((line) => !needed.has(line.split(" on ")[0] ?? ""))).toEqual([]);
  });
});
