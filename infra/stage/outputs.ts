// The names of a stack's outputs: infra/aws writes them, the commands with `--stage` read them.

/** `bamboohr` → `Bamboohr`, `google-workspace` → `GoogleWorkspace`: a part of a CloudFormation name, which allows no dash. */
export function pascal(name: string): string {
  return name
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

export const outputNames = {
  webhookUrl: (source: string) => `${pascal(source)}WebhookUrl`,
  /** Of a source that AWS itself invokes. */
  triggerFunction: (source: string) => `${pascal(source)}TriggerFunctionArn`,
  /** The output that names a secret. @param name `authing`, `notices` or `sources/<source>` */
  secretName: (secret: string) => `${pascal(secret.replace(/^sources\//, ""))}SecretName`,
  operationsFunction: "OperationsFunctionName",
  alarmFunction: "NoticesAlarmFunctionName",
  digestFunction: "NoticesDigestFunctionName",
  // infra/aws/queues.yml and alarms.yml
  events: { queue: "EventsQueueUrl", dead: "DeadEventsQueueUrl" },
  uploads: { queue: "UploadsQueueUrl", dead: "DeadUploadsQueueUrl" },
  chunks: { queue: "ChunksQueueUrl", dead: "DeadChunksQueueUrl" },
  rosters: { queue: "RostersQueueUrl", dead: "DeadRostersQueueUrl" },
  // infra/aws/bucket.yml
  bucket: "UploadsBucketName",
  alarmsTopic: "AlarmsTopicArn",
};
