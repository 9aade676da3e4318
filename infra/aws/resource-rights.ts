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
  // What AWS lets nobody narrow down.
  Everything: () => ({ resources: ["*"] }),
} satisfies Record<string, (names: Names) => Scoped>;
export type Scope = keyof typeof scopes;

const api: ResourceRights = {
  actions: ["GET", "POST", "PUT", "PATCH", "DELETE"].map((name) => `apigateway:${name}`),
  on: "Apis",
};
const managing =
  "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html";

/** The rights that each type of resource needs, in the order in which the template first has them. */
export const resourceRights: Readonly<Record<string, readonly ResourceRights[]>> = {
  "AWS::S3::Bucket": [
    {
      actions: [
        ...["CreateBucket", "DeleteBucket", "ListBucket", "PutBucketTagging", "GetBucketTagging"],
        ...["PutEncryptionConfiguration", "GetEncryptionConfiguration"],
        ...["PutLifecycleConfiguration", "GetLifecycleConfiguration"],
        ...["PutBucketNotification", "GetBucketNotification", "PutBucketVersioning", "GetBucketVersioning"],
        ...["PutBucketPublicAccessBlock", "GetBucketPublicAccessBlock"],
        ...["PutBucketOwnershipControls", "GetBucketOwnershipControls"],
      ].map((name) => `s3:${name}`),
      on: "Buckets",
    },
  ],
  "AWS::S3::BucketPolicy": [
    { actions: ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"], on: "Buckets" },
  ],
  "AWS::Logs::LogGroup": [
    {
      actions: [
        ...["CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy"],
        ...["TagResource", "UntagResource", "ListTagsForResource", "GetDataProtectionPolicy"],
      ].map((name) => `logs:${name}`),
      on: "LogGroups",
    },
    { actions: ["logs:DescribeLogGroups"], on: "AnyLogGroup" },
    { actions: ["logs:DescribeIndexPolicies", "logs:DescribeResourcePolicies"], on: "Everything" },
  ],
  "AWS::Lambda::Function": [
    {
      actions: [
        ...["CreateFunction", "GetFunction", "DeleteFunction", "UpdateFunctionCode"],
        ...["UpdateFunctionConfiguration", "GetFunctionCodeSigningConfig", "GetFunctionRecursionConfig"],
        ...["GetRuntimeManagementConfig", "TagResource", "UntagResource"],
      ].map((name) => `lambda:${name}`),
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
      actions: ["CreateEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"].map(
        (name) => `lambda:${name}`,
      ),
      on: "MappingsOfFunctions",
    },
    {
      actions: ["GetEventSourceMapping", "ListTags", "TagResource", "UntagResource"].map(
        (name) => `lambda:${name}`,
      ),
      on: "Mappings",
    },
  ],
  "AWS::Events::Rule": [
    {
      actions: [
        ...["PutRule", "DescribeRule", "DeleteRule", "PutTargets", "RemoveTargets", "ListTargetsByRule"],
        ...["TagResource", "UntagResource", "ListTagsForResource"],
      ].map((name) => `events:${name}`),
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
      actions: [
        ...["CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"],
        ...["ListLogDeliveries", "PutResourcePolicy", "DescribeResourcePolicies"],
      ].map((name) => `logs:${name}`),
      on: "Everything",
      source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html",
    },
  ],
  "AWS::IAM::Role": [
    {
      actions: [
        ...[
          "CreateRole",
          "GetRole",
          "DeleteRole",
          "UpdateRole",
          "UpdateRoleDescription",
          "TagRole",
          "UntagRole",
        ],
        ...["UpdateAssumeRolePolicy", "PutRolePolicy", "GetRolePolicy", "DeleteRolePolicy"],
        ...["ListRolePolicies", "ListAttachedRolePolicies"],
      ].map((name) => `iam:${name}`),
      on: "Roles",
    },
  ],
  "AWS::CloudWatch::Alarm": [
    {
      actions: ["PutMetricAlarm", "DeleteAlarms", "TagResource", "UntagResource", "ListTagsForResource"].map(
        (name) => `cloudwatch:${name}`,
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
      actions: [
        "CreateSecret",
        "DescribeSecret",
        "UpdateSecret",
        "DeleteSecret",
        "TagResource",
        "UntagResource",
      ].map((name) => `secretsmanager:${name}`),
      on: "Secrets",
    },
  ],
  "AWS::SQS::Queue": [
    {
      actions: [
        ...["CreateQueue", "DeleteQueue", "GetQueueUrl", "GetQueueAttributes", "SetQueueAttributes"],
        ...["TagQueue", "UntagQueue", "ListQueueTags"],
      ].map((name) => `sqs:${name}`),
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
      actions: [
        ...["CreateTable", "DescribeTable", "UpdateTable", "DeleteTable", "DescribeTimeToLive"],
        ...["UpdateTimeToLive", "DescribeContinuousBackups", "UpdateContinuousBackups"],
        ...["DescribeContributorInsights", "DescribeKinesisStreamingDestination", "GetResourcePolicy"],
        ...["TagResource", "UntagResource", "ListTagsOfResource"],
      ].map((name) => `dynamodb:${name}`),
      on: "Tables",
    },
  ],
  "AWS::SNS::Topic": [
    {
      actions: [
        ...["CreateTopic", "GetTopicAttributes", "SetTopicAttributes", "DeleteTopic", "TagResource"],
        ...["UntagResource", "ListTagsForResource", "ListSubscriptionsByTopic", "GetDataProtectionPolicy"],
      ].map((name) => `sns:${name}`),
      on: "Topics",
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
  "AWS::KMS::Key": [
    { actions: ["kms:CreateKey"], on: "Everything" },
    {
      actions: [
        ...["DescribeKey", "GetKeyPolicy", "PutKeyPolicy", "GetKeyRotationStatus", "EnableKeyRotation"],
        ...["UpdateKeyDescription", "TagResource", "UntagResource", "ListResourceTags"],
        // Of AWS::DynamoDB::Table, whose table the key encrypts.
        ...["CreateGrant", "RevokeGrant", "Encrypt", "Decrypt"],
      ].map((name) => `kms:${name}`),
      on: "Keys",
    },
  ],
};

/** What Lambda asks of the principal that puts a function into subnets (AWS::Lambda::Function). EC2 knows no resources for these. */
export const subnetRights: ResourceRights = {
  actions: ["DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs", "DescribeNetworkInterfaces"].map(
    (name) => `ec2:${name}`,
  ),
  on: "Everything",
};
