import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { LambdaFunction } from "./function.ts";

/** An event source mapping of the template. */
export interface QueueMapping {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly reportsBatchItemFailures: boolean;
}

export interface QueuePoller extends QueueMapping {
  /** Invokes the function until no message is visible and no invocation is running. Resolves to how many there were. */
  drain(): Promise<number>;
}

/** What an invocation may be handed at most. */
const maximumEventBytes = 6 * 1024 * 1024;

/**
 * What Lambda does between a queue and a function. Messages that the function has dealt with are deleted, the others stay
 * hidden until their time is over. `client` has the function's credentials, as Lambda does this by the function's role.
 */
export async function queuePoller(
  mapping: QueueMapping,
  target: Pick<LambdaFunction, "name" | "timeoutSeconds" | "invoke">,
  client: SQSClient,
): Promise<QueuePoller> {
  const { queueUrl, queueArn, batchSize, maximumConcurrency, reportsBatchItemFailures } = mapping;
  // Lambda refuses such a mapping when it is created.
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  if (Number(Attributes["VisibilityTimeout"]) < target.timeoutSeconds) {
    throw new Error(`${target.name} may run for longer than its queue hides a message`);
  }

  async function receive(): Promise<Message[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: batchSize,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
        WaitTimeSeconds: 0,
      }),
    );
    return Messages;
  }

  async function run(messages: readonly Message[]): Promise<void> {
    const invoked = await target.invoke({ Records: messages.map((message) => recordOf(message, queueArn)) });
    if ("error" in invoked) return;
    const failures = reportsBatchItemFailures
      ? ((invoked.payload as SQSBatchResponse | null)?.batchItemFailures ?? [])
      : [];
    const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
    const known = new Set(messages.map(({ MessageId = "" }) => MessageId));
    // An identifier that makes no sense counts as a failure of everything.
    if (!failed.isSubsetOf(known)) return;
    const done = messages.filter(({ MessageId = "" }) => !failed.has(MessageId));
    if (done.length === 0) return;
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: done.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
  }

  return {
    ...mapping,
    async drain() {
      const running = new Set<Promise<void>>();
      let invocations = 0;
      for (;;) {
        while (running.size < maximumConcurrency) {
          const received = await receive();
          if (received.length === 0) break;
          for (const messages of batchesOf(received)) {
            invocations += 1;
            const invocation = run(messages).finally(() => running.delete(invocation));
            running.add(invocation);
          }
        }
        if (running.size === 0) return invocations;
        await Promise.race(running);
      }
    },
  };
}

function batchesOf(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const size = JSON.stringify(message).length;
    if (bytes + size > maximumEventBytes) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(message);
    bytes += size;
  }
  return batches;
}

function recordOf(message: Message, queueArn: string): SQSRecord {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(
    ([name, { DataType, StringValue }]) => [
      name,
      { dataType: DataType, stringValue: StringValue, stringListValues: [], binaryListValues: [] },
    ],
  );
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}
