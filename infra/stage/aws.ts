import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, GetMetricDataCommand, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { awsErrorName, awsFailure } from "#lib/aws/failure.ts";
import { readSecret } from "#lib/aws/secret-loader.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { metricNamespace, type Metric } from "#lib/contract/metrics.ts";
import { deliveriesWithinDays, type QueueDepth, type Stage, type StageDesk } from "./stage.ts";

// Every request of an operator's command to AWS, with the operator's own credentials: those of the environment, or of the
// profile that AWS_PROFILE names. No function uses this file.

/** Timeouts in milliseconds, long enough for a laptop that calls a far region. */
const clientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};
/** 15 days have 360 hours, and CloudWatch answers 100,800 values on a page. */
const metricsAtOnce = 100;
/**
 * Waits longer than the longest function may run (900 s), and never sends a second request: a function goes on working after its
 * caller has stopped waiting, and would do its work twice.
 */
const invokeSettings = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 910_000, throwOnRequestTimeout: true },
};
/** SQS reports a queue's age to CloudWatch every minute, with a delay of some minutes. */
const ageWithinSeconds = 900;

/** @param region Default: as `npm run deploy` has it, AWS_REGION, else us-east-1. */
export function openStage(region = process.env["AWS_REGION"] ?? "us-east-1"): Stage & StageDesk {
  // lib/aws/secret-loader.ts, which the functions use too, takes the region from this variable.
  process.env["AWS_REGION"] = region;
  const cloudFormation = new CloudFormationClient(clientSettings);
  const cloudWatch = new CloudWatchClient(clientSettings);
  const lambda = new LambdaClient(invokeSettings);
  const s3 = new S3Client(clientSettings);
  const secrets = new SecretsManagerClient(clientSettings);
  const sns = new SNSClient(clientSettings);
  // Requests go to this region's endpoint, as those of every other client do, not to the host in the queue's URL.
  const sqs = new SQSClient({ ...clientSettings, useQueueUrlAsEndpoint: false });
  const sts = new STSClient(clientSettings);

  /** The age of a queue's oldest message in seconds; `undefined` where CloudWatch has no data. */
  async function oldestSeconds(queueName: string): Promise<number | undefined> {
    const now = Date.now();
    const Metric = {
      Namespace: "AWS/SQS",
      MetricName: "ApproximateAgeOfOldestMessage",
      Dimensions: [{ Name: "QueueName", Value: queueName }],
    };
    const { MetricDataResults = [] } = await asking(
      "cloudwatch:GetMetricData",
      cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(now - ageWithinSeconds * 1000),
          EndTime: new Date(now),
          ScanBy: "TimestampDescending",
          MetricDataQueries: [{ Id: "age", MetricStat: { Metric, Period: 60, Stat: "Maximum" } }],
        }),
      ),
    );
    return MetricDataResults[0]?.Values?.[0];
  }

  return {
    region,
    async whoAmI() {
      const { Arn = "" } = await asking("sts:GetCallerIdentity", sts.send(new GetCallerIdentityCommand({})));
      return Arn;
    },

    async stack(name) {
      const described = await asking(
        "cloudformation:DescribeStacks",
        cloudFormation.send(new DescribeStacksCommand({ StackName: name })).catch((error: unknown) => {
          // CloudFormation has no error code of its own for a stack that does not exist.
          const isMissing = error instanceof Error && /\bdoes not exist\b/.test(error.message);
          if (isMissing && awsErrorName(error) === "ValidationError") return undefined;
          throw error;
        }),
      );
      const [stack] = described?.Stacks ?? [];
      if (!stack) return undefined;
      return {
        status: stack.StackStatus ?? "UNKNOWN",
        outputs: Object.fromEntries(
          (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]),
        ),
      };
    },

    secret: readSecret,

    async putSecret(id, value) {
      const command = new PutSecretValueCommand({ SecretId: id, SecretString: value });
      await asking("secretsmanager:PutSecretValue", secrets.send(command));
    },

    async objectText(bucket, key) {
      const found = await asking(
        "s3:GetObject",
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch((error: unknown) => {
          if (awsErrorName(error) === "NoSuchKey") return undefined;
          throw error;
        }),
      );
      return found?.Body?.transformToString();
    },

    async removeObject(bucket, key) {
      await asking("s3:DeleteObject", s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })));
    },

    async queue(url): Promise<QueueDepth> {
      const { Attributes = {} } = await asking(
        "sqs:GetQueueAttributes",
        sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: url,
            AttributeNames: [
              "QueueArn",
              "ApproximateNumberOfMessages",
              "ApproximateNumberOfMessagesNotVisible",
            ],
          }),
        ),
      );
      const waiting = Number(Attributes["ApproximateNumberOfMessages"] ?? 0);
      const inFlight = Number(Attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0);
      const arn = Attributes["QueueArn"] ?? "";
      const oldest = waiting + inFlight > 0 ? await oldestSeconds(arn.split(":").at(-1) ?? "") : undefined;
      return { arn, waiting, inFlight, ...(oldest !== undefined && { oldestSeconds: oldest }) };
    },

    async lastDeliveries(names, sources) {
      const until = Date.now();
      const last = new Map<string, number>();
      for (let first = 0; first < sources.length; first += metricsAtOnce) {
        const asked = sources.slice(first, first + metricsAtOnce);
        const { MetricDataResults = [] } = await asking(
          "cloudwatch:GetMetricData",
          cloudWatch.send(
            new GetMetricDataCommand({
              StartTime: new Date(until - deliveriesWithinDays * 86_400_000),
              EndTime: new Date(until),
              ScanBy: "TimestampDescending",
              MetricDataQueries: asked.map((source, index) => ({
                Id: `s${index}`,
                MetricStat: {
                  Metric: {
                    Namespace: metricNamespace,
                    MetricName: "DeliveriesAccepted" satisfies Metric,
                    Dimensions: Object.entries({ ...names, source }).map(([Name, Value]) => ({
                      Name,
                      Value,
                    })),
                  },
                  Period: 3600,
                  Stat: "Sum",
                },
              })),
            }),
          ),
        );
        for (const { Id = "", Timestamps = [], Values = [] } of MetricDataResults) {
          const at = Timestamps[Values.findIndex((count) => count > 0)];
          const source = asked[Number(Id.slice(1))];
          if (at && source !== undefined) last.set(source, at.getTime());
        }
      }
      return last;
    },

    async alarms(topicArn) {
      const described = await asking(
        "cloudwatch:DescribeAlarms",
        Array.fromAsync(
          paginateDescribeAlarms(
            { client: cloudWatch },
            { ActionPrefix: topicArn, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] },
          ),
        ),
      );
      return (
        described
          .flatMap(({ MetricAlarms = [], CompositeAlarms = [] }) => [...MetricAlarms, ...CompositeAlarms])
          // AWS filters by prefix: a listed alarm may notify another topic, whose ARN begins with this one.
          .filter(({ AlarmActions = [] }) => AlarmActions.includes(topicArn))
          .map(({ AlarmName = "", AlarmDescription = "", StateValue }) => ({
            name: AlarmName,
            // A description has three lines, a finding one.
            description: AlarmDescription.replaceAll("\n", " "),
            isRinging: StateValue === "ALARM",
          }))
      );
    },

    async subscribers(topicArn, except) {
      const pages = paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn });
      const listed = await asking("sns:ListSubscriptionsByTopic", Array.fromAsync(pages));
      const all = listed
        .flatMap(({ Subscriptions = [] }) => Subscriptions)
        .filter(({ Endpoint = "" }) => except === undefined || !Endpoint.endsWith(`:function:${except}`));
      // Until the subscriber has confirmed the subscription, this is the word `PendingConfirmation`.
      const confirmed = all.filter(({ SubscriptionArn = "" }) => SubscriptionArn.startsWith("arn:")).length;
      return { confirmed, pending: all.length - confirmed };
    },

    async invoke(functionName, request) {
      const { Payload, FunctionError } = await asking(
        "lambda:InvokeFunction",
        lambda.send(new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) })),
      );
      const answer = parsed(Payload?.transformToString() || "null");
      if (FunctionError === undefined && answer !== undefined) return answer;
      const { errorMessage = FunctionError } = (answer ?? {}) as { errorMessage?: string };
      throw new InboundError("unavailable", "function-failed", {
        path: functionName,
        hint: errorMessage?.split("\n")[0] || (FunctionError ?? "its answer is no JSON"),
      });
    },
  };
}

/** What a text says as JSON; `undefined` where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Awaits an answer of AWS. A failure becomes an `InboundError` whose path is the IAM action that the request needs. */
async function asking<Answer>(right: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const name = awsErrorName(error);
    if (noCredentials.test(name)) {
      const reason = "aws-credentials-missing";
      throw new InboundError("misconfigured", reason, {
        path: right,
        hint: `${logIn} (AWS SDK says ${name})`,
      });
    }
    if (refusedCredentials.test(name)) {
      const reason = "aws-credentials-refused";
      throw new InboundError("misconfigured", reason, { path: right, hint: `${logIn} (AWS says ${name})` });
    }
    const { code } = awsFailure(error, "aws-refuses");
    if (code === "misconfigured") {
      throw new InboundError(code, "aws-refuses", { path: right, hint: `AWS says ${name}` });
    }
    const system = error instanceof Error && "code" in error ? String(error.code) : name;
    throw new InboundError(code, "aws-does-not-answer", { path: right, hint: silenceHint(system) });
  }
}

/** Names of the SDK's errors: it found no credentials, or could not get any from the profile. */
const noCredentials = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/;
/** Names of AWS's errors about credentials that have expired or do not exist. */
const refusedCredentials =
  /^(ExpiredToken|RequestExpired|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|AuthFailure|InvalidToken)/;
const logIn = "name a profile with AWS_PROFILE=…, and log in where it needs that: aws sso login";

/** What an operator does when AWS did not answer. `system`: the code of the failure. */
function silenceHint(system: string): string {
  const region = process.env["AWS_REGION"];
  // A host of AWS has its region in its name.
  if (system === "ENOTFOUND")
    return `no host of AWS is found for the region ${region}: check --region, and this machine's network`;
  return `check this machine's network, its proxy and AWS_ENDPOINT_URL; the region is ${region} (${system})`;
}
