import { DescribeAlarmsCommand, CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";

/** What is in an AWS account, by the names that deployments of ours give, sorted. */
export interface Contents {
  readonly functions: string[];
  readonly mappings: number;
  readonly roles: string[];
  readonly queues: string[];
  readonly topics: string[];
  readonly alarms: string[];
  readonly buckets: string[];
  readonly tables: string[];
  readonly secrets: string[];
  /** Keys that can be used. */
  readonly keys: string[];
}

interface Client {
  readonly region: string;
  readonly endpoint: string;
  readonly forcePathStyle: boolean;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Asks AWS itself what there is. */
export async function contentsOf(client: Client): Promise<Contents> {
  const lambda = new LambdaClient(client);
  const kms = new KMSClient(client);
  const sorted = (names: readonly (string | undefined)[] = []) =>
    names.flatMap((name) => name?.split(/[/:](?=[^/:]+$)/).at(-1) ?? []).toSorted();
  const { Keys = [] } = await kms.send(new ListKeysCommand());
  const described = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  const { Functions } = await lambda.send(new ListFunctionsCommand());
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand());
  const { Roles } = await new IAMClient(client).send(new ListRolesCommand());
  const { QueueUrls } = await new SQSClient(client).send(new ListQueuesCommand());
  const { Topics } = await new SNSClient(client).send(new ListTopicsCommand());
  const { MetricAlarms } = await new CloudWatchClient(client).send(new DescribeAlarmsCommand());
  const { Buckets } = await new S3Client(client).send(new ListBucketsCommand());
  const { TableNames } = await new DynamoDBClient(client).send(new ListTablesCommand());
  const { SecretList } = await new SecretsManagerClient(client).send(new ListSecretsCommand());
  return {
    functions: sorted(Functions?.map(({ FunctionName }) => FunctionName)),
    mappings: EventSourceMappings.length,
    roles: sorted(Roles?.map(({ RoleName }) => RoleName)),
    queues: sorted(QueueUrls),
    topics: sorted(Topics?.map(({ TopicArn }) => TopicArn)),
    alarms: sorted(MetricAlarms?.map(({ AlarmName }) => AlarmName)),
    buckets: sorted(Buckets?.map(({ Name }) => Name)),
    tables: sorted(TableNames),
    secrets: (SecretList ?? []).flatMap(({ Name }) => Name ?? []).toSorted(),
    keys: described.flatMap(({ KeyMetadata }) => (KeyMetadata?.Enabled ? [KeyMetadata.KeyId ?? ""] : [])),
  };
}
