import type { Value } from "./cloudformation.ts";
import type { Names } from "./names.ts";

// CloudFormation creates, reads, changes and deletes resources with the rights of the principal that deploys. What a type of resource
// needs is in its schema (`aws cloudformation describe-type --type RESOURCE --type-name <type> --query Schema`: handlers → permissions).
// This table holds, for each type of the template, those of them that concern the properties which the template sets; the schemas
// were read on 2026-11-27 as the generated documentation of the StackQL provider awscc repeats them. Where a type's schema was not to
// be had, `source` names another page.

export interface ResourceRights {
  readonly actions: readonly string[];
  readonly on: Scope;
  /** Where the facts are from, if not from the type's schema. */
  readonly source?: string;
}

/** Actions of one service, from their names with space between them. */
const named = (service: string, names: string) => names.split(/\s+/).map((name) => `${service}:${name}`);

const here = "${AWS::Region}:${AWS::AccountId}";
const arn = (rest: string): Value => ({ "Fn::Sub": `arn:\${AWS::Partition}:${rest}` });

/** What rights are for: ARNs of things of one stage, as far as their names say the stage. */
interface Scoped {
  readonly resources: readonly Value[];
  readonly condition?: Value;
}

export const scopes = {
  Buckets: ({ generated }) => ({ resources: [arn(`s3:::${generated}`)] }),
  Packages: ({ packages }) => ({ resources: [arn(`s3:::${packages}/*`)] }),
  LogGroups: ({ stack }) => ({
    resources: [
      arn(`logs:${here}:log-group:/aws/lambda/${stack}-*`),
      arn(`logs:${here}:log-group:/aws/http-api/${stack}*`),
    ],
  }),
  AnyLogGroup: () => ({ resources: [arn(`logs:${here}:log-group:*`)] }),
  Functions: ({ stack }) => ({ resources: [arn(`lambda:${here}:function:${stack}-*`)] }),
  // A mapping has no name, but the calls that change one say of which function it is.
  MappingsOfFunctions: ({ stack }) => ({
    resources: ["*"],
    condition: { ArnLike: { "lambda:FunctionArn": arn(`lambda:${here}:function:${stack}-*`) } },
  }),
  Mappings: () => ({ resources: [arn(`lambda:${here}:event-source-mapping:*`)] }),
  Rules: ({ generated }) => ({ resources: [arn(`events:${here}:rule/${generated}`)] }),
  // IAM cannot tell APIs apart: their names are not in their ARNs.
  Apis: () => ({
    resources: ["/apis", "/apis/*", "/tags/*"].map((path) => arn(`apigateway:\${AWS::Region}::${path}`)),
  }),
  Roles: ({ generated }) => ({ resources: [arn(`iam::\${AWS::AccountId}:role/${generated}`)] }),
  RolesForLambda: ({ generated }) => ({
    resources: [arn(`iam::\${AWS::AccountId}:role/${generated}`)],
    condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
  }),
  RolesForScheduler: ({ generated }) => ({
    resources: [arn(`iam::\${AWS::AccountId}:role/${generated}`)],
    condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
  }),
  Schedules: ({ generated }) => ({ resources: [arn(`scheduler:${here}:schedule/default/${generated}`)] }),
  // IAM cannot tell subscriptions apart.
  Subscriptions: () => ({ resources: ["*"] }),
  Alarms: ({ generated }) => ({ resources: [arn(`cloudwatch:${here}:alarm:${generated}`)] }),
  Dashboards: ({ stack }) => ({
    resources: [arn(`cloudwatch::\${AWS::AccountId}:dashboard/${stack}`)],
  }),
  Secrets: ({ secrets }) => ({ resources: [arn(`secretsmanager:${here}:secret:${secrets}/*`)] }),
  Queues: ({ generated }) => ({ resources: [arn(`sqs:${here}:${generated}`)] }),
  Tables: ({ generated }) => ({ resources: [arn(`dynamodb:${here}:table/${generated}`)] }),
  Topics: ({ generated }) => ({ resources: [arn(`sns:${here}:${generated}`)] }),
  // A key has no name. The deployment makes one key and keeps it.
  Keys: () => ({ resources: [arn(`kms:${here}:key/*`)] }),
  Stack: ({ stack }) => ({ resources: [arn(`cloudformation:${here}:stack/${stack}/*`)] }),
  PackageBucket: ({ packages }) => ({ resources: [arn(`s3:::${packages}`)] }),
  OperationsFunction: ({ stack }) => ({
    resources: [arn(`lambda:${here}:function:${stack}-operations-run`)],
  }),
  NoticeFunctions: ({ stack }) => ({
    resources: ["alarm", "digest"].map((name) => arn(`lambda:${here}:function:${stack}-notices-${name}`)),
  }),
  Enrolments: ({ generated }) => ({ resources: [arn(`s3:::${generated}/enrolments/*`)] }),
  KeysThroughServices: () => ({
    resources: [arn(`kms:${here}:key/*`)],
    condition: {
      StringEquals: {
        "kms:ViaService": ["secretsmanager", "s3"].map((service) => ({
          "Fn::Sub": `${service}.\${AWS::Region}.\${AWS::URLSuffix}`,
        })),
      },
    },
  }),
  // What AWS lets no policy narrow down.
  Everything: () => ({ resources: ["*"] }),
} satisfies Record<string, (names: Names) => Scoped>;
export type Scope = keyof typeof scopes;

const api: ResourceRights = {
  actions: named("apigateway", "GET POST PUT PATCH DELETE"),
  on: "Apis",
};
const managing =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html";

/** The rights that each type of resource needs, in the order in which the template first has them. */
export const resourceRights: Readonly<Record<string, readonly ResourceRights[]>> = {
  "AWS::S3::Bucket": [
    {
      actions: named(
        "s3",
        `CreateBucket DeleteBucket ListBucket PutBucketTagging GetBucketTagging
         PutEncryptionConfiguration GetEncryptionConfiguration PutLifecycleConfiguration
         GetLifecycleConfiguration PutBucketNotification GetBucketNotification
         PutBucketVersioning GetBucketVersioning PutBucketPublicAccessBlock
         GetBucketPublicAccessBlock PutBucketOwnershipControls GetBucketOwnershipControls`,
      ),
      on: "Buckets",
    },
  ],
  "AWS::S3::BucketPolicy": [
    { actions: ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], on: "Buckets" },
  ],
  "AWS::Logs::LogGroup": [
    {
      actions: named(
        "logs",
        `CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource
         UntagResource ListTagsForResource GetDataProtectionPolicy`,
      ),
      on: "LogGroups",
    },
    { actions: ["logs:DescribeLogGroups"], on: "AnyLogGroup" },
    { actions: ["logs:DescribeIndexPolicies", "logs:DescribeResourcePolicies"], on: "Everything" },
  ],
  "AWS::Lambda::Function": [
    {
      actions: named(
        "lambda",
        `CreateFunction GetFunction DeleteFunction UpdateFunctionCode UpdateFunctionConfiguration
         GetFunctionCodeSigningConfig GetFunctionRecursionConfig GetRuntimeManagementConfig
         TagResource UntagResource`,
      ),
      on: "Functions",
    },
    { actions: ["iam:PassRole"], on: "RolesForLambda" },
    // The packages that osls has uploaded.
    { actions: ["s3:GetObject"], on: "Packages" },
  ],
  "AWS::Lambda::Permission": [
    { actions: ["lambda:AddPermission", "lambda:RemovePermission", "lambda:GetPolicy"], on: "Functions" },
  ],
  "AWS::Lambda::EventSourceMapping": [
    {
      actions: named("lambda", "CreateEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping"),
      on: "MappingsOfFunctions",
    },
    {
      actions: named("lambda", "GetEventSourceMapping ListTags TagResource UntagResource"),
      on: "Mappings",
    },
  ],
  "AWS::Events::Rule": [
    {
      actions: named(
        "events",
        `PutRule DescribeRule DeleteRule PutTargets RemoveTargets ListTargetsByRule TagResource
         UntagResource ListTagsForResource`,
      ),
      on: "Rules",
    },
  ],
  // Tags of an API are resources of their own there.
  "AWS::ApiGatewayV2::Api": [api, { ...api, source: managing }],
  "AWS::ApiGatewayV2::Integration": [api],
  "AWS::ApiGatewayV2::Route": [api],
  "AWS::ApiGatewayV2::Stage": [
    { ...api, source: managing },
    {
      // The page's other rights are above, or for reading logs.
      actions: named(
        "logs",
        `CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries
         PutResourcePolicy DescribeResourcePolicies`,
      ),
      on: "Everything",
      source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html",
    },
  ],
  "AWS::IAM::Role": [
    {
      actions: named(
        "iam",
        `CreateRole GetRole DeleteRole UpdateRole UpdateRoleDescription TagRole UntagRole
         UpdateAssumeRolePolicy PutRolePolicy GetRolePolicy DeleteRolePolicy ListRolePolicies
         ListAttachedRolePolicies`,
      ),
      on: "Roles",
    },
  ],
  "AWS::CloudWatch::Alarm": [
    {
      actions: named(
        "cloudwatch",
        "PutMetricAlarm DeleteAlarms TagResource UntagResource ListTagsForResource",
      ),
      on: "Alarms",
    },
    { actions: ["cloudwatch:DescribeAlarms"], on: "Everything" },
  ],
  "AWS::CloudWatch::Dashboard": [
    {
      actions: ["cloudwatch:PutDashboard", "cloudwatch:GetDashboard", "cloudwatch:DeleteDashboards"],
      on: "Dashboards",
    },
  ],
  "AWS::SecretsManager::Secret": [
    {
      // Not GetSecretValue: the schema lists it for secrets whose value the template gives, and ours gives none.
      actions: named(
        "secretsmanager",
        "CreateSecret DescribeSecret UpdateSecret DeleteSecret TagResource UntagResource",
      ),
      on: "Secrets",
    },
    // The key of digests is generated.
    { actions: ["secretsmanager:GetRandomPassword"], on: "Everything" },
  ],
  "AWS::SQS::Queue": [
    {
      actions: named(
        "sqs",
        `CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes TagQueue
         UntagQueue ListQueueTags`,
      ),
      on: "Queues",
    },
  ],
  "AWS::SQS::QueuePolicy": [
    {
      actions: ["sqs:SetQueueAttributes", "sqs:GetQueueAttributes"],
      on: "Queues",
      source:
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
    },
  ],
  "AWS::DynamoDB::Table": [
    {
      actions: named(
        "dynamodb",
        `CreateTable DescribeTable UpdateTable DeleteTable DescribeTimeToLive UpdateTimeToLive
         DescribeContinuousBackups UpdateContinuousBackups DescribeContributorInsights
         DescribeKinesisStreamingDestination GetResourcePolicy TagResource UntagResource
         ListTagsOfResource`,
      ),
      on: "Tables",
    },
  ],
  "AWS::SNS::Topic": [
    {
      actions: named(
        "sns",
        `CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic TagResource UntagResource
         ListTagsForResource ListSubscriptionsByTopic GetDataProtectionPolicy`,
      ),
      on: "Topics",
    },
  ],
  "AWS::SNS::Subscription": [
    {
      actions: ["sns:Subscribe", "sns:ListSubscriptionsByTopic"],
      on: "Topics",
      source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html",
    },
    {
      actions: named("sns", "GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"),
      on: "Subscriptions",
      source: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html",
    },
  ],
  "AWS::Scheduler::Schedule": [
    {
      actions: named("scheduler", "CreateSchedule GetSchedule UpdateSchedule DeleteSchedule"),
      on: "Schedules",
      source:
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html",
    },
    {
      actions: ["iam:PassRole"],
      on: "RolesForScheduler",
      source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
    },
  ],
  "AWS::SNS::TopicPolicy": [
    {
      actions: ["sns:SetTopicAttributes", "sns:GetTopicAttributes"],
      on: "Topics",
      source: "https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html",
    },
  ],
  "AWS::Logs::MetricFilter": [
    {
      actions: ["logs:PutMetricFilter", "logs:DescribeMetricFilters", "logs:DeleteMetricFilter"],
      on: "LogGroups",
    },
  ],
  // The last four are of AWS::DynamoDB::Table, which the key encrypts.
  "AWS::KMS::Key": [
    { actions: ["kms:CreateKey"], on: "Everything" },
    {
      actions: named(
        "kms",
        `DescribeKey GetKeyPolicy PutKeyPolicy GetKeyRotationStatus EnableKeyRotation
         UpdateKeyDescription TagResource UntagResource ListResourceTags CreateGrant RevokeGrant
         Encrypt Decrypt`,
      ),
      on: "Keys",
    },
  ],
};

/** What Lambda asks of the principal that puts a function into subnets (AWS::Lambda::Function). EC2 knows no resources for these. */
export const subnetRights: ResourceRights = {
  actions: named("ec2", "DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces"),
  on: "Everything",
};
