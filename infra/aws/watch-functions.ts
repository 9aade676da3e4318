import { filledDaysKey } from "#lib/watch/filled-days.ts";
import { arn, may, object, ref } from "./cloudformation.ts";
import type { FunctionDefinition } from "./function-definition.ts";

// The functions that notice what is unusual.

export const watchSilence: FunctionDefinition = {
  name: "watch-silence",
  description: "Says each quarter of an hour which sources are silent for longer than is usual",
  memoryMegabytes: 512,
  timeoutSeconds: 120,
  environment: {},
  events: [{ schedule: { rate: ["rate(15 minutes)"] } }],
  calls: [],
  // CloudWatch has no rights by metric.
  may: [may("*", "cloudwatch:GetMetricData")],
  failureMeans:
    "a source that falls silent is not told: its alarm stays as it is. Events and people are not affected.",
};

export const watchFields: FunctionDefinition = {
  name: "watch-fields",
  description: "Counts once a day which fields the events of each source fill, and says which are missing",
  memoryMegabytes: 512,
  timeoutSeconds: 600,
  environment: { BUCKET: ref("UploadsBucket"), EVENTS_LOG_GROUP: ref("EventsDashapplyLogGroup") },
  // After midnight by UTC, when the lines of the day before can be found: before work begins in Europe and in China.
  events: [{ schedule: { rate: ["cron(20 0 * * ? *)"] } }],
  calls: [],
  may: [
    may(arn("EventsDashapplyLogGroup"), "logs:FilterLogEvents"),
    may(object(filledDaysKey), "s3:GetObject", "s3:PutObject"),
    // Without this right S3 answers 403 on the first day, when there is nothing yet.
    may(arn("UploadsBucket"), "s3:ListBucket"),
  ],
  failureMeans:
    "a field that a source stops filling is not told: its alarm stays as it is. Events and people are not affected.",
};
