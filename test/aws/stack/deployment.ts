import {
  CreateStackCommand,
  DescribeStackResourcesCommand,
  type CloudFormationClient,
} from "@aws-sdk/client-cloudformation";
import {
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  type BucketVersioningStatus,
  type S3Client,
} from "@aws-sdk/client-s3";
import { propertiesOf, resourcesOf, template, type Deployed } from "./template.ts";

export interface DeploymentOptions {
  /** The SDK's endpoint. */
  readonly url: string;
  readonly region: string;
  readonly account: string;
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  /** Told of each secret: its name and its ARN. */
  readonly secretMade: (name: string, arn: string) => void;
}

/** Functions, their API and what invokes them are this harness itself (moto would want Docker for them); alarms and dashboards are for people. */
const dropped = /^AWS::(Lambda|ApiGatewayV2|CloudWatch)::|^AWS::Logs::MetricFilter$/;

/**
 * Makes the resources of the packaged template through CloudFormation. What moto leaves out there, it is asked for directly:
 * what a bucket can do.
 */
export async function deploy(options: DeploymentOptions): Promise<Deployed> {
  const { url, region, account, cloudFormation, s3 } = options;
  const Resources = Object.fromEntries(
    Object.entries(template.Resources)
      .filter(([name, { Type }]) => !dropped.test(Type) && !("ScheduleExpression" in propertiesOf(name)))
      // A subscription of a function, and the role of a schedule.
      .filter(([, resource]) => !JSON.stringify(resource).includes('LambdaFunction"'))
      .map(([name, { Type, Properties }]) => [
        name,
        {
          Type,
          Properties,
        },
      ]),
  );
  const StackName = "inbound";
  await cloudFormation.send(
    new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }),
  );
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  const references = new Map(
    StackResources.map(({ LogicalResourceId = "", PhysicalResourceId = "" }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );

  for (const name of resourcesOf("AWS::SQS::Queue")) {
    // Where the queue can be reached from here.
    references.set(name, new URL(new URL(references.get(name) ?? "").pathname, url).href);
  }
  for (const name of resourcesOf("AWS::SecretsManager::Secret")) {
    options.secretMade(String(propertiesOf(name)["Name"]), references.get(name) ?? "");
  }
  for (const name of resourcesOf("AWS::S3::Bucket"))
    await completeBucket(name, references.get(name) ?? "", s3);
  for (const name of resourcesOf("AWS::Lambda::Function")) {
    references.set(name, String(propertiesOf(name)["FunctionName"]));
  }
  return { region, account, references };
}

async function completeBucket(resource: string, Bucket: string, s3: S3Client): Promise<void> {
  const { VersioningConfiguration, NotificationConfiguration, LifecycleConfiguration } = propertiesOf(
    resource,
  ) as {
    VersioningConfiguration?: { Status: BucketVersioningStatus };
    NotificationConfiguration?: { EventBridgeConfiguration?: object };
    LifecycleConfiguration?: { Rules: readonly LifecycleRule[] };
  };
  if (VersioningConfiguration)
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  if (NotificationConfiguration?.EventBridgeConfiguration) {
    const command = { Bucket, NotificationConfiguration: { EventBridgeConfiguration: {} } };
    await s3.send(new PutBucketNotificationConfigurationCommand(command));
  }
  if (!LifecycleConfiguration) return;
  const Rules = LifecycleConfiguration.Rules.map(
    ({
      Id,
      Status,
      Prefix,
      ExpirationInDays,
      ExpiredObjectDeleteMarker,
      NoncurrentVersionExpiration,
      AbortIncompleteMultipartUpload,
    }) => ({
      ID: Id,
      Status,
      Filter: { Prefix: Prefix ?? "" },
      ...(ExpirationInDays !== undefined && { Expiration: { Days: ExpirationInDays } }),
      ...(ExpiredObjectDeleteMarker !== undefined && { Expiration: { ExpiredObjectDeleteMarker } }),
      ...(NoncurrentVersionExpiration && { NoncurrentVersionExpiration }),
      ...(AbortIncompleteMultipartUpload && { AbortIncompleteMultipartUpload }),
    }),
  );
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
}

interface LifecycleRule {
  readonly Id: string;
  readonly Status: "Enabled" | "Disabled";
  readonly Prefix?: string;
  readonly ExpirationInDays?: number;
  readonly ExpiredObjectDeleteMarker?: boolean;
  readonly NoncurrentVersionExpiration?: { readonly NoncurrentDays: number };
  readonly AbortIncompleteMultipartUpload?: { readonly DaysAfterInitiation: number };
}
