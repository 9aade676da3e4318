import { randomUUID } from "node:crypto";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  paginateScan,
  PutItemCommand,
  type AttributeValue,
  type CreateTableInput,
} from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { propertiesOf } from "./stack/template.ts";

// Creates the resources of a deployment, as the packaged template describes them, on the server of test/aws/run.sh.

const dynamodb = new DynamoDBClient();
const s3 = new S3Client();
const secrets = new SecretsManagerClient();
const sqs = new SQSClient();

/** An empty table like the template's LedgerTable. Resolves to its name. */
export async function createLedgerTable(): Promise<string> {
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } =
    propertiesOf("LedgerTable");
  const TableName = `ledger-${randomUUID()}`;
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
    } as CreateTableInput),
  );
  return TableName;
}

/** Every item of a table. */
export async function itemsOf(table: string): Promise<Record<string, AttributeValue>[]> {
  const pages = await Array.fromAsync(
    paginateScan({ client: dynamodb }, { TableName: table, ConsistentRead: true }),
  );
  return pages.flatMap(({ Items = [] }) => Items);
}

export async function putItem(table: string, item: Record<string, AttributeValue>): Promise<void> {
  await dynamodb.send(new PutItemCommand({ TableName: table, Item: item }));
}

/** Puts many items, which must not be there yet. */
export async function putItems(
  table: string,
  items: readonly Record<string, AttributeValue>[],
): Promise<void> {
  for (let from = 0; from < items.length; from += 25) {
    const requests = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

export async function deleteItem(
  table: string,
  { pk, sk }: Readonly<Record<string, AttributeValue | undefined>>,
): Promise<void> {
  const Key = { pk: pk ?? { S: "" }, sk: sk ?? { S: "" } };
  await dynamodb.send(new DeleteItemCommand({ TableName: table, Key }));
}

/** An empty queue like the template's of this name, without what it redrives to. Resolves to its URL. */
export async function createQueue(
  resource: "EventsQueue" | "DeadEventsQueue" | "ChunksQueue" | "FinishQueue",
): Promise<string> {
  const { RedrivePolicy: _, ...properties } = propertiesOf(resource);
  const Attributes = Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => typeof value !== "object")
      .map(([name, value]) => [name, String(value)]),
  );
  const QueueName = `${randomUUID()}${properties["FifoQueue"] === true ? ".fifo" : ""}`;
  const made = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return made.QueueUrl ?? "";
}

/** The messages that can be received at once, as SQS returns them. */
export async function receive(url: string) {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["MessageGroupId"],
      WaitTimeSeconds: 0,
    }),
  );
  return Messages;
}

/** Everything that can be received now, in the order of the queue. */
export async function receiveAll(url: string) {
  const received: { body: unknown; group: string | undefined }[] = [];
  for (;;) {
    const messages = await receive(url);
    if (messages.length === 0) return received;
    for (const { Body = "", Attributes, ReceiptHandle } of messages) {
      // Until the message is deleted, SQS returns no later message of the same group.
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      received.push({
        body: JSON.parse(Body),
        group: Attributes?.MessageGroupId,
      });
    }
  }
}

/** A versioned bucket. Resolves to its name. */
export async function createBucket(): Promise<string> {
  const Bucket = `uploads-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  return Bucket;
}

/** Uploads an object. Resolves to the description of it that a notification would hold. */
export async function upload(bucket: string, key: string, body: Uint8Array | string) {
  const { VersionId, ETag } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  return { bucket, key, versionId: VersionId ?? "", etag: (ETag ?? "").replaceAll('"', "") };
}

/** The keys under a prefix. */
export async function keysOf(bucket: string, prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.flatMap(({ Key }) => Key ?? []);
}

export async function deleteObject(bucket: string, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** How many multipart uploads were begun and neither completed nor aborted. */
export async function unfinishedUploads(bucket: string): Promise<number> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.length;
}

/** A secret without a value, as a deployment creates it. */
export async function createSecret(name: string): Promise<void> {
  await secrets.send(new CreateSecretCommand({ Name: name }));
}

/** Puts a new value; the one before becomes the previous one. */
export async function putSecret(name: string, value: string): Promise<void> {
  await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: value }));
}
