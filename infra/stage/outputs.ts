// How a stack's outputs are called: infra/aws writes them, the commands that speak to a deployed stage read them.

/** `bamboohr` → `Bamboohr`, `google-workspace` → `GoogleWorkspace`: a piece of a CloudFormation name. */
export function pascal(name: string): string {
  return name
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

export const outputNames = {
  webhookUrl: (source: string) => `${pascal(source)}WebhookUrl`,
  /** Of `authing` or `sources/<source>`. */
  secretName: (secret: string) => `${pascal(secret.replace(/^sources\//, ""))}SecretName`,
  operationsFunction: "OperationsFunctionName",
  // infra/aws/queues.yml and alarms.yml
  events: { queue: "EventsQueueUrl", dead: "DeadEventsQueueUrl" },
  uploads: { queue: "UploadsQueueUrl", dead: "DeadUploadsQueueUrl" },
  chunks: { queue: "ChunksQueueUrl", dead: "DeadChunksQueueUrl" },
  // infra/aws/bucket.yml
  bucket: "UploadsBucketName",
  alarmsTopic: "AlarmsTopicArn",
};
