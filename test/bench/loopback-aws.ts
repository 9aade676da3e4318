import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface LoopbackAws {
  /** `http://127.0.0.1:<port>`, for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  /** How many different messages the queue has accepted. */
  messages(): number;
  close(): void;
}

interface SendMessageBatch {
  readonly Entries: readonly {
    readonly Id: string;
    readonly MessageBody: string;
    readonly MessageDeduplicationId: string;
  }[];
}

/** The environment variables of a function that calls it. */
export function environmentAt({ url }: LoopbackAws, home: string) {
  return {
    HOME: home,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "invented",
    AWS_SECRET_ACCESS_KEY: "invented",
    AWS_ENDPOINT_URL: url,
    SERVICE: "authing-inbound",
    STAGE: "bench",
    EVENTS_QUEUE_URL: `${url}/000000000000/events.fifo`,
    TABLE: "ledger",
    BUCKET: "uploads",
  };
}

/**
 * The part of Secrets Manager, SQS and DynamoDB that one delivery and one joiner need: one secret without a previous version, a queue that
 * accepts everything, and an empty ledger. It checks no signatures. It runs in the process that measures, not in one that is measured.
 */
export async function startLoopbackAws(secret: object): Promise<LoopbackAws> {
  const taken = new Set<string>();
  const answers: Record<string, (request: never) => [status: number, body: object]> = {
    "secretsmanager.GetSecretValue": ({ VersionStage }: { VersionStage?: string }) =>
      VersionStage === "AWSPREVIOUS"
        ? [
            400,
            {
              __type: "ResourceNotFoundException",
              message: "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
            },
          ]
        : [200, { SecretString: JSON.stringify(secret) }],
    // A ledger that knows nobody and takes every write.
    "DynamoDB_20120810.GetItem": () => [200, {}],
    "DynamoDB_20120810.BatchGetItem": () => [200, { Responses: {}, UnprocessedKeys: {} }],
    "DynamoDB_20120810.Query": () => [200, { Items: [], Count: 0 }],
    "DynamoDB_20120810.PutItem": () => [200, {}],
    "DynamoDB_20120810.UpdateItem": () => [200, { Attributes: { attempts: { N: "1" } } }],
    "AmazonSQS.SendMessageBatch": ({ Entries }: SendMessageBatch) => [
      200,
      {
        Successful: Entries.map(({ Id, MessageBody, MessageDeduplicationId }) => {
          taken.add(MessageDeduplicationId);
          // The SDK compares this hash with its own.
          const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex");
          return { Id, MessageId: Id, MD5OfMessageBody };
        }),
        Failed: [],
      },
    ],
  };
  const server = createServer(async (request, response) => {
    const answer = answers[String(request.headers["x-amz-target"])];
    const [status, body] = answer?.(JSON.parse(await text(request)) as never) ?? [400, { __type: "Unknown" }];
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: () => taken.size,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
