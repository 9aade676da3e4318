import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { CreateTableCommand, DynamoDBClient, type CreateTableInput } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { load } from "js-yaml";
import type { Index } from "./dynamodb-units.ts";

// The server that speaks AWS for `npm run test:aws`, and on it the table, the bucket and the queues of a deployment.

const root = `${import.meta.dirname}/../..`;

interface Table extends Pick<CreateTableInput, "AttributeDefinitions" | "KeySchema" | "BillingMode"> {
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: "HASH" | "RANGE" }[];
    readonly Projection: { readonly ProjectionType: "ALL" | "KEYS_ONLY" };
  }[];
}

function ledgerTable(): Table {
  // Of CloudFormation's tags the file has only `!Ref`.
  const text = readFileSync(`${root}/infra/aws/ledger.yml`, "utf8").replaceAll(/!Ref (\w+)/g, '"$1"');
  const template = load(text) as { Resources: { LedgerTable: { Properties: Table } } };
  return template.Resources.LedgerTable.Properties;
}

/** The indexes of the ledger's table, as its template has them. */
export const ledgerIndexes = (): Index[] =>
  (ledgerTable().GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
    name: IndexName,
    keys: KeySchema.map(({ AttributeName }) => AttributeName),
    isWhole: Projection.ProjectionType === "ALL",
  }));

/** Starts moto, from the Python that `npm run test:aws` has installed it for, or from the machine's. Resolves to its port. */
export async function startMoto(): Promise<{ readonly port: number; close(): void }> {
  const own = `${root}/.venv/bin/python`;
  const server = spawn(existsSync(own) ? own : "python3", [`${root}/test/aws/server.py`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(server, "close").then(() => {
    throw new Error("moto does not start: run `npm run test:aws` once, which installs it");
  });
  const [line] = (await Promise.race([once(createInterface(server.stdout), "line"), ended])) as [string];
  ended.catch(() => undefined);
  return { port: Number(line), close: () => server.kill() };
}

/** What a client of the SDK needs to reach it; nothing here can reach a real account. */
export const environmentOf = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "invented",
  AWS_SECRET_ACCESS_KEY: "invented",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
});

export interface Stage {
  readonly table: string;
  readonly bucket: string;
  readonly events: string;
  readonly chunks: string;
  readonly finish: string;
}

/** A table, a bucket and queues like those of a deployment. */
export async function createStage(name: string): Promise<Stage> {
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = ledgerTable();
  const [table, bucket] = [`ledger-${name}`, `uploads-${name}`];
  const definition = { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
  await new DynamoDBClient().send(
    new CreateTableCommand({ TableName: table, ...definition } as CreateTableInput),
  );
  const s3 = new S3Client();
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const versioned = { Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } } as const;
  await s3.send(new PutBucketVersioningCommand(versioned));
  const sqs = new SQSClient();
  const queue = async (QueueName: string) => {
    const Attributes = QueueName.endsWith(".fifo") ? { FifoQueue: "true" } : {};
    return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl ?? "";
  };
  return {
    table,
    bucket,
    events: await queue(`events-${name}.fifo`),
    chunks: await queue(`chunks-${name}`),
    finish: await queue(`finish-${name}`),
  };
}
