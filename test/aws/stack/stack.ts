import { CloudFormationClient, type CloudFormationClientConfig } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { outcomeIn } from "#lib/aws/stored-outcome.ts";
import type { EventRecord, PersonRecord } from "#lib/contract/ledger.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "#infra/sandbox/sandbox.ts";
import { cloudWatchLog } from "./cloudwatch-log.ts";
import { deploy } from "./deployment.ts";
import { lambdaFunction, type LambdaFunction, type LogLine } from "./function.ts";
import { startHttpApi } from "./http-api.ts";
import type { Moto, SharedClock } from "./moto.ts";
import type { Packages } from "./packages.ts";
import { permissionsOf, type Permission } from "./permissions.ts";
import { queuePoller, type QueuePoller } from "./queue-poller.ts";
import type { AwsCall } from "./call.ts";
import { startRecorder } from "./recorder.ts";
import { definitionOf, functionsOfEachMinute, routesOf } from "./template-functions.ts";
import { functionName, propertiesOf, resolved, resourcesOf } from "./template.ts";

export interface StackOptions {
  readonly moto: Moto;
  readonly packages: Packages;
  readonly sandbox?: Omit<SandboxOptions, "port" | "accessKeys" | "now">;
}

/** Everything that a deployment is made of, on this machine. */
export interface Stack {
  /** Where the senders send to. */
  readonly url: string;
  readonly clock: SharedClock;
  /** What a client of the SDK is made with that asks this account's AWS. */
  readonly clientSettings: CloudFormationClientConfig;
  readonly sandbox: Sandbox;
  readonly calls: readonly AwsCall[];
  /** AWS answers the next `times` calls of this action with 503. */
  refuse(action: string, times: number): void;
  readonly lines: readonly LogLine[];
  /** Resolves when CloudWatch has every line so far. */
  logged(): Promise<void>;
  /** What was said about people so far, which may be in no log. */
  readonly personal: ReadonlySet<string>;
  /** Adds whatever looks like a name, an address or a number among these texts. */
  said(texts: readonly string[]): void;
  readonly permissions: readonly Permission[];
  readonly bucket: string;
  /** For what Lambda and CloudWatch do by themselves: storing logs and counting. */
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  fn(name: string): LambdaFunction;
  /** The queue that a function is fed from. */
  queueOf(name: string): QueuePoller;
  /** Messages in the queue that a function is fed from, hidden ones included. */
  waiting(name: string): Promise<number>;
  /** Works on what is in the queues now. */
  drain(): Promise<void>;
  /** What schedules invoke each minute, once. */
  everyMinute(): Promise<void>;
  /** Lets time pass, minute by minute with its schedules, until nothing is in any queue and nothing waits. Throws after `withinSeconds`. */
  settled(withinSeconds?: number): Promise<void>;
  /** Replaces the value of a secret; the one before becomes the previous one. */
  putSecret(name: string, value: unknown): Promise<void>;
  /** The value that was put last. */
  secretNow(name: string): unknown;
  /** Writes an object, as a person who uploads a file does. */
  upload(key: string, body: string): Promise<void>;
  /** Takes an object away, in every version. */
  deleteForEver(key: string): Promise<void>;
  keys(prefix: string): Promise<string[]>;
  read(key: string): Promise<string>;
  /** Runs a function by hand; throws what it throws. */
  operate(request: object): Promise<any>;
  ledger(): Promise<LedgerContents>;
  /** Meanwhile Authing goes by the machine's clock, as a client does that knows no other. */
  byTheMachinesClock<Result>(ask: () => Promise<Result>): Promise<Result>;
  /** Other code from now on. */
  deployAgain(packages: Packages): Promise<void>;
  close(): Promise<void>;
}

interface LedgerContents {
  readonly events: readonly EventRecord[];
  readonly people: readonly PersonRecord[];
  /** Every item, as DynamoDB has it. */
  readonly text: string;
}

export const accessKey = {
  accessKeyId: "63f0a1b2c3d4e5f607182930",
  accessKeySecret: "invented-secret-of-authing",
};
const region = "us-east-1";
let stacks = 0;

/** Deploys the packaged template anew: an account, an Authing, and nothing in any of them. */
export async function openStack({ moto, packages, sandbox: sandboxOptions }: StackOptions): Promise<Stack> {
  stacks += 1;
  const account = String(100_000_000_000 + stacks);
  const { clock } = moto;
  const secretArns = new Map<string, string>();
  const recorder = await startRecorder({
    aws: moto.url,
    account,
    region,
    secretArn: (name) => secretArns.get(name),
  });
  const clientOf = (caller: string) => ({
    region,
    endpoint: recorder.url,
    forcePathStyle: true,
    credentials: { accessKeyId: caller, secretAccessKey: "invented" },
  });
  const ours = clientOf("tests");
  const [s3, secrets, sqs, dynamodb] = [
    new S3Client(ours),
    new SecretsManagerClient(ours),
    new SQSClient(ours),
    new DynamoDBClient(ours),
  ];
  const deployed = await deploy({
    url: recorder.url,
    region,
    account,
    cloudFormation: new CloudFormationClient(ours),
    s3,
    secretMade: (name, arn) => secretArns.set(name, arn),
  });
  const id = (name: string) => deployed.references.get(name) ?? "";
  let isAuthingAhead = true;
  const sandbox = await startSandbox({
    ...sandboxOptions,
    accessKeys: [accessKey],
    now: () => (isAuthingAhead ? clock.now() : Date.now()),
  });

  const lines: LogLine[] = [];
  const personal = new Set<string>();
  const said = (texts: readonly string[]) => {
    for (const text of texts) if (/[^ -~]|@|^\+?[\d -]{8,}$/.test(text)) personal.add(text);
  };
  const functions = new Map<string, LambdaFunction>();
  const pollers = new Map<string, QueuePoller>();
  function install(from: Packages): void {
    for (const resource of resourcesOf("AWS::Lambda::Function")) {
      const name = functionName(resource);
      const extra = {
        AWS_REGION: region,
        AWS_ENDPOINT_URL: recorder.url,
        // Who it is, and so which role's rights count.
        AWS_ACCESS_KEY_ID: name,
        AWS_SECRET_ACCESS_KEY: "invented-secret-of-aws",
        AWS_SESSION_TOKEN: "invented-token-of-aws",
        AUTHING_HOST: sandbox.url,
      };
      functions.set(
        name,
        lambdaFunction(definitionOf(resource, deployed, extra, from), clock, (line) => lines.push(line)),
      );
    }
  }
  install(packages);
  const fn = (name: string): LambdaFunction => {
    const found = functions.get(name);
    if (!found) throw new Error(`the template has no function ${name}`);
    return found;
  };

  for (const resource of resourcesOf("AWS::Lambda::EventSourceMapping")) {
    const mapping = propertiesOf(resource) as {
      BatchSize: number;
      FunctionName: { "Fn::GetAtt": [string, string] };
      EventSourceArn: { "Fn::GetAtt": [string, string] };
      FunctionResponseTypes?: readonly string[];
      ScalingConfig?: { MaximumConcurrency: number };
    };
    const name = functionName(mapping.FunctionName["Fn::GetAtt"][0]);
    const { timeoutSeconds } = fn(name);
    const target = { name, timeoutSeconds, invoke: (event: unknown) => fn(name).invoke(event) };
    pollers.set(
      name,
      await queuePoller(
        {
          queueUrl: id(mapping.EventSourceArn["Fn::GetAtt"][0]),
          queueArn: String(resolved(mapping.EventSourceArn, deployed)),
          batchSize: mapping.BatchSize,
          maximumConcurrency: mapping.ScalingConfig?.MaximumConcurrency ?? 10,
          reportsBatchItemFailures:
            mapping.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
        },
        target,
        new SQSClient(clientOf(name)),
      ),
    );
  }
  const queueOf = (name: string): QueuePoller => {
    const found = pollers.get(name);
    if (!found) throw new Error(`no queue feeds ${name}`);
    return found;
  };

  const api = await startHttpApi(routesOf(deployed, fn), clock.now);

  const waiting = async (name: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueOf(name).queueUrl, AttributeNames: ["All"] }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden } =
      Attributes;
    return Number(visible) + Number(hidden);
  };
  const drain = async (): Promise<void> => {
    await Promise.all([...pollers.values()].map((poller) => poller.drain()));
  };
  const bucket = id("UploadsBucket");
  const everyMinute = async (): Promise<void> => {
    for (const name of functionsOfEachMinute()) {
      const invoked = await fn(name).invoke({});
      if ("error" in invoked)
        throw new Error(`${name}: ${invoked.error.errorType}: ${invoked.error.errorMessage}`);
    }
  };
  const values = new Map<string, unknown>();
  const keys = async (prefix: string): Promise<string[]> => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
    return Contents.flatMap(({ Key }) => Key ?? []);
  };
  const secretPrefix = [...secretArns.keys()][0]?.split("/").slice(0, 2).join("/");

  return {
    url: `http://127.0.0.1:${api.port}`,
    clock,
    clientSettings: ours,
    sandbox,
    calls: recorder.calls,
    personal,
    said,
    refuse: recorder.refuse,
    lines,
    logged: cloudWatchLog(ours, lines, (name) => fn(name).logGroup),
    permissions: permissionsOf(deployed),
    bucket,
    cloudWatch: new CloudWatchClient(ours),
    logs: new CloudWatchLogsClient(ours),
    fn,
    queueOf,
    waiting,
    drain,
    everyMinute,
    async settled(withinSeconds = 3600) {
      const stepSeconds = 60;
      for (let passed = 0; passed <= withinSeconds; passed += stepSeconds) {
        await drain();
        const counts = await Promise.all([...pollers.keys()].map(waiting));
        const parked = await keys("parked/waiting/");
        if (counts.every((count) => count === 0) && parked.length === 0) return;
        await clock.pass(stepSeconds);
        await everyMinute();
      }
      throw new Error(
        `messages wait after ${withinSeconds} s:\n${lines
          .map(({ text }) => text)
          .slice(-20)
          .join("\n")}`,
      );
    },
    secretNow: (name) => values.get(name),
    async putSecret(name, value) {
      values.set(name, value);
      const SecretString = JSON.stringify(value);
      await secrets.send(new PutSecretValueCommand({ SecretId: `${secretPrefix}/${name}`, SecretString }));
    },
    async upload(key, body) {
      // Without the names of the columns, which a trail tells.
      said(body.slice(body.indexOf("\n")).split(/[,\n]/));
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async deleteForEver(key) {
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
      for (const { Key, VersionId } of Versions) {
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
      }
    },
    keys,
    async read(key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToString()) ?? "";
    },
    async operate(request) {
      const invoked = await fn("operations-run").invoke(request);
      if ("error" in invoked) throw new Error(`${invoked.error.errorType}: ${invoked.error.errorMessage}`);
      return invoked.payload;
    },
    async ledger() {
      const items = [];
      for await (const page of paginateScan({ client: dynamodb }, { TableName: id("LedgerTable") })) {
        items.push(...(page.Items ?? []));
      }
      return {
        events: items
          .flatMap((item) => outcomeIn(item) ?? [])
          .toSorted((one, other) => (one.settledAt < other.settledAt ? -1 : 1)),
        people: items
          .filter(({ sk, renamedTo }) => sk?.S === "person" && renamedTo === undefined)
          .map(
            (item) =>
              Object.fromEntries(
                Object.entries(item).map(([name, { S, SS }]) => [name, SS ?? S]),
              ) as unknown as PersonRecord,
          ),
        text: JSON.stringify(items),
      };
    },
    async byTheMachinesClock(ask) {
      isAuthingAhead = false;
      return ask().finally(() => {
        isAuthingAhead = true;
      });
    },
    async deployAgain(other) {
      await Promise.all([...functions.values()].map((each) => each.kill()));
      install(other);
    },
    async close() {
      await api.close();
      await Promise.all([...functions.values()].map((each) => each.kill()));
      await sandbox.close();
      await recorder.close();
    },
  };
}
