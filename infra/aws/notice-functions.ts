import { arn, may, objects, ref, type Value } from "./cloudformation.ts";
import {
  digestScheduleRole,
  mayReadSecrets,
  noticesSecret,
  type FunctionDefinition,
} from "./function-definition.ts";

// The functions that tell group chats.

export const noticesAlarm: FunctionDefinition = {
  name: "notices-alarm",
  description: "Tells the bots of group chats of alarms; npm run notices tries it",
  memoryMegabytes: 256,
  // All bots are told at the same time: at most five messages each, each of them tried twice for eight seconds.
  timeoutSeconds: 90,
  environment: { REGION: ref("AWS::Region") },
  events: [{ sns: { arn: ref("AlarmsTopic"), topicName: "AlarmsTopic" } }],
  calls: ["chats"],
  may: [mayReadSecrets(noticesSecret)],
  failureMeans:
    "group chats are not told of alarms; subscribers of the topic are. Events and people are not affected.",
};

/** When the digest is sent: a time of the day such as `09:10`, by the clocks of a time zone. */
export interface DigestTime {
  readonly at: string;
  readonly timeZone: string;
}

export const noticesDigest = (time: DigestTime | undefined): FunctionDefinition => ({
  name: "notices-digest",
  description: "Sends the daily digest to the bots of group chats",
  memoryMegabytes: 512,
  timeoutSeconds: 300,
  environment: { REGION: ref("AWS::Region"), BUCKET: ref("UploadsBucket"), TABLE: ref("LedgerTable") },
  events: time === undefined ? [] : [digestSchedule(time)],
  calls: ["chats"],
  may: [
    mayReadSecrets(noticesSecret),
    // CloudWatch has no rights by metric.
    may("*", "cloudwatch:GetMetricData"),
    // It counts parked messages by their reasons, which are in the messages.
    may(objects("parked/"), "s3:GetObject"),
    may(arn("UploadsBucket"), "s3:ListBucket"),
  ],
  failureMeans: "group chats do not get the digest of the day. Events and people are not affected.",
});

/** EventBridge Scheduler follows the clocks of the time zone, summer time included; a rule would go by UTC. */
function digestSchedule({ at, timeZone }: DigestTime): Value {
  const [hour, minute] = at.split(":").map(Number);
  return {
    schedule: {
      method: "scheduler",
      rate: [`cron(${minute} ${hour} * * ? *)`],
      timezone: timeZone,
      roleArn: arn(digestScheduleRole),
    },
  };
}
