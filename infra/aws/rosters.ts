import { pascal } from "#infra/stage/outputs.ts";
import { arn, may, objects, ref, type Value } from "./cloudformation.ts";
import { mayUseKey } from "./customer-key.ts";
import {
  authingSecret,
  digestsSecret,
  mayReadSecrets,
  uploadsSecret,
  type DeployedSource,
  type FunctionDefinition,
} from "./function-definition.ts";
import { mayConsume, mayUseLedger, oneFrom } from "./function-rights.ts";

// What compares the whole lists of sources with what they have told.

/** What an operator's command may do about runs: begin them, apply plans, read what they have found. */
export const mayBeginRosters = [
  may(arn("RostersQueue"), "sqs:SendMessage"),
  may(objects("rosters/"), "s3:GetObject", "s3:PutObject"),
];

/** @param listing Names of the secrets of the sources that have a list. */
export const rostersRun = (listing: readonly string[]): FunctionDefinition => ({
  name: "rosters-run",
  description:
    "Compares the whole list of a source with what it has told, proves departures, and applies what differs",
  // 8 bytes for each person of a list, and a part of it.
  memoryMegabytes: 1024,
  timeoutSeconds: 900,
  environment: {
    ROSTERS_QUEUE_URL: ref("RostersQueue"),
    EVENTS_QUEUE_URL: ref("EventsQueue"),
    BUCKET: ref("UploadsBucket"),
    TABLE: ref("LedgerTable"),
  },
  // Runs over several sources side by side; of one source, only one run is at work.
  events: [oneFrom("RostersQueue", 3)],
  calls: listing.length > 0 ? ["authing", "source-apis"] : ["authing"],
  may: [
    mayReadSecrets(authingSecret, digestsSecret, uploadsSecret, ...listing),
    mayConsume("RostersQueue", "sqs:SendMessage"),
    ...mayUseLedger,
    // All people of a source, and the departures of an hour.
    may(arn("LedgerTable"), "dynamodb:Query"),
    may(objects("rosters/"), "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"),
    may(objects("results/roster/"), "s3:PutObject", "s3:AbortMultipartUpload"),
    // Rosters that are uploaded as files: the bucket is versioned, and a notification says which version is meant.
    may(objects("incoming/roster/"), "s3:GetObjectVersion"),
    may(objects("plan/roster/"), "s3:GetObjectVersion"),
    // What Authing refuses or an operator has to decide is parked; what earlier runs have parked is superseded.
    may(objects("parked/"), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    // Without this right S3 answers 403 for a missing object, and the function could not tell that from a missing permission.
    may(arn("UploadsBucket"), "s3:ListBucket"),
  ],
  failureMeans:
    "the lists of sources are not compared: departures and changes whose webhooks were lost are not mended yet. Webhooks, events and files are not affected.",
});

const scheduleRole = "RosterScheduleRole";

/** EventBridge Scheduler puts a message into the queue of rosters, for each source that is compared each day. */
export function rosterSchedules(
  sources: readonly DeployedSource[],
  encryption: "aws-managed" | "customer-managed",
): Record<string, Value> {
  const scheduled = sources.flatMap(({ name, reconciledAt }) =>
    reconciledAt ? [{ name, ...reconciledAt }] : [],
  );
  if (scheduled.length === 0) return {};
  const statements = [
    may(arn("RostersQueue"), "sqs:SendMessage"),
    ...(encryption === "customer-managed" ? [mayUseKey] : []),
  ];
  return {
    [scheduleRole]: {
      Type: "AWS::IAM::Role",
      Properties: {
        Description: "What the schedules of rosters may do",
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "scheduler.amazonaws.com" },
              Action: "sts:AssumeRole",
              Condition: { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") } },
            },
          ],
        },
        Policies: [
          { PolicyName: "rosters", PolicyDocument: { Version: "2012-10-17", Statement: statements } },
        ],
      },
    },
    ...Object.fromEntries(
      scheduled.map(({ name, at, timeZone }) => [
        `${pascal(name)}RosterSchedule`,
        schedule(name, at, timeZone),
      ]),
    ),
  };
}

/** It follows the clocks of the time zone, summer time included. */
function schedule(source: string, at: string, timeZone: string): Value {
  const [hour, minute] = at.split(":").map(Number);
  return {
    Type: "AWS::Scheduler::Schedule",
    Properties: {
      Description: `Compares the list of ${source} each day`,
      ScheduleExpression: `cron(${minute} ${hour} * * ? *)`,
      ScheduleExpressionTimezone: timeZone,
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Arn: arn("RostersQueue"),
        RoleArn: arn(scheduleRole),
        Input: JSON.stringify({ kind: "start-roster", source }),
      },
    },
  };
}

/** The key of the digests of fields: generated, since no person needs to know it. */
export const digestsKey: Value = {
  Type: "AWS::SecretsManager::Secret",
  // With another key every field of every person would differ once.
  DeletionPolicy: "Retain",
  UpdateReplacePolicy: "Retain",
  Properties: {
    Name: "${self:service}/${sls:stage}/digests",
    Description:
      "The key of the digests by which rosters know what is unchanged. Generated; no person needs it.",
    GenerateSecretString: {
      SecretStringTemplate: "{}",
      GenerateStringKey: "key",
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  },
};
