import { BatchProcessor, EventType } from "@aws-lambda-powertools/batch";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { getSecret } from "@aws-lambda-powertools/parameters/secrets";
import { SqsRecordSchema } from "@aws-lambda-powertools/parser/schemas";
import { Tracer } from "@aws-lambda-powertools/tracer";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ManagementClient } from "authing-node-sdk";
import { Webhook } from "standardwebhooks";
import { z } from "zod";

// A receiver that is written without regard to its cold start: every package that the job could need is imported at the top and
// stays in node_modules. It gives the same answers as ours, and does less.

const User = z.object({ type: z.string(), timestamp: z.number(), data: z.object({ id: z.string() }) });
const logger = new Logger({ serviceName: "naive" });
const metrics = new Metrics({ namespace: "naive", serviceName: "naive" });
const sqs = new SQSClient({});

/** Created while the module loads, for the later half of the job. */
export const prepared = [
  new S3Client({}),
  new Tracer({ enabled: false }),
  new BatchProcessor(EventType.SQS),
  SqsRecordSchema,
  makeIdempotent,
  new IdempotencyConfig({}),
  new DynamoDBClient({}),
  new ManagementClient({ accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented" }),
];

export async function handler({ body = "", headers }: { body?: string; headers: Record<string, string> }) {
  const { signingSecret } = (await getSecret("sources/clerk", { transform: "json" })) as {
    signingSecret: string;
  };
  const named = Object.entries(headers).map(([name, value]) => [name.replace("svix-", "webhook-"), value]);
  const event = User.parse(
    new Webhook(signingSecret).verify(body, Object.fromEntries(named) as Record<string, string>),
  );
  await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: process.env["EVENTS_QUEUE_URL"],
      Entries: [
        {
          Id: "0",
          MessageBody: JSON.stringify(event),
          MessageGroupId: event.data.id,
          MessageDeduplicationId: headers["svix-id"],
        },
      ],
    }),
  );
  logger.info("delivery accepted");
  metrics.addMetric("DeliveriesAccepted", MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  return { statusCode: 202 };
}
