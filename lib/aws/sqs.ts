import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientSettings } from "./client.ts";
import type { QueueEntry } from "./queue.ts";

// The part of the queue that holds the SDK: imported with `import()`, when a message is first sent.

const client = new SQSClient(clientSettings);

/** Sends up to ten entries. Resolves to the ids of those that SQS did not take, by whose fault. */
export async function sendBatch(url: string, entries: readonly QueueEntry[]) {
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: entries.map((entry) => ({
        Id: entry.id,
        MessageBody: entry.body,
        MessageGroupId: entry.group,
        ...(entry.deduplication !== undefined && { MessageDeduplicationId: entry.deduplication }),
      })),
    }),
  );
  return Failed.map(({ Id = "", SenderFault = false }) => ({ id: Id, ours: SenderFault }));
}

/** Hides up to ten messages that were received until so many seconds from now. What SQS does not take stays hidden as it was. */
export async function hide(
  url: string,
  messages: readonly { readonly receiptHandle: string; readonly seconds: number }[],
): Promise<void> {
  const Entries = messages.map(({ receiptHandle, seconds }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: seconds,
  }));
  await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
}
