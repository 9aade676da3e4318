import type { Config } from "#lib/config.ts";
import { pascal } from "#infra/stage/outputs.ts";
import { namesOf, type Names } from "./names.ts";
import { resourceRights, scopes, subnetRights, type Scope } from "./resource-rights.ts";
import type { Value } from "./cloudformation.ts";

// The least rights of the people and pipelines that deploy and operate a stage, as IAM policies. docs/permissions.md explains them;
// test/aws/deploy.moto.ts compares them with what the commands call.

export interface Grant {
  readonly sid: string;
  /** What the rights are for, in one line of docs/permissions.md. */
  readonly why: string;
  readonly actions: readonly string[];
  readonly resources: readonly Value[];
  readonly condition?: Value;
}

export interface StagePolicy {
  /** Last part of the policy's name. */
  readonly name: "deploy-stack" | "deploy-data" | "operate" | "doctor" | "enrol";
  readonly description: string;
  readonly grants: readonly Grant[];
}

type Deployment = Pick<Config, "service" | "encryption" | "network">;

/** Rights, and what for: in words, or a type of resource that CloudFormation handles. */
type Row = { readonly actions: readonly string[]; readonly on: Scope } & (
  | { readonly why: string }
  | { readonly type: string }
);

const cloudFormation = (...names: string[]) => names.map((name) => `cloudformation:${name}`);

/** What osls itself calls; the rehearsal in test/aws/deploy.moto.ts records it. */
const osls: readonly Row[] = [
  {
    actions: cloudFormation(
      "CreateStack",
      "UpdateStack",
      "DeleteStack",
      "DescribeStacks",
      "DescribeStackEvents",
      "DescribeStackResource",
      "ListStackResources",
    ),
    on: "Stack",
    why: "osls creates, updates, watches and deletes the stack",
  },
  { actions: cloudFormation("ValidateTemplate"), on: "Everything", why: "osls lets AWS check the template" },
  {
    actions: ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
    on: "Packages",
    why: "osls uploads packages, and deletes those of earlier deployments",
  },
  { actions: ["s3:ListBucket"], on: "PackageBucket", why: "osls lists the packages" },
  {
    actions: ["lambda:GetFunction"],
    on: "Functions",
    why: "osls compares what runs with what it would upload",
  },
];

/** What every command with `--stage` calls. */
const asking: readonly Row[] = [
  { actions: cloudFormation("DescribeStacks"), on: "Stack", why: "reads the outputs of the stack" },
];
const operate: readonly Row[] = [
  ...asking,
  {
    actions: ["lambda:InvokeFunction"],
    on: "OperationsFunction",
    why: "`explain`, `import`, `parked`, `pause`, `reconcile`, `resume`, `refused` ask `operations-run`",
  },
  {
    actions: ["lambda:InvokeFunction"],
    on: "NoticeFunctions",
    why: "`notices` asks `notices-alarm` and `notices-digest`",
  },
];
const readSecrets = {
  actions: ["secretsmanager:GetSecretValue"],
  on: "Secrets" as const,
  why: "compares secrets with the form that they need, and signs a ping with them",
};
const doctor: readonly Row[] = [
  ...asking,
  { actions: ["lambda:InvokeFunction"], on: "OperationsFunction", why: "lists parked messages" },
  readSecrets,
  { actions: ["sqs:GetQueueAttributes"], on: "Queues", why: "counts the messages in the queues" },
  { actions: ["cloudwatch:GetMetricData"], on: "Everything", why: "asks for the age of the oldest message" },
  { actions: ["cloudwatch:DescribeAlarms"], on: "Everything", why: "lists the alarms that ring" },
  { actions: ["sns:ListSubscriptionsByTopic"], on: "Topics", why: "counts the subscribers of the alarms" },
];
const enrol: readonly Row[] = [
  ...asking,
  {
    actions: ["s3:GetObject", "s3:DeleteObject"],
    on: "Enrolments",
    why: "shows the secret that a sender brought, and deletes it once it is used",
  },
  // Without this right S3 answers 403 for an object that is not there.
  { actions: ["s3:ListBucket"], on: "Buckets", why: "sees that a sender has brought no secret yet" },
  { ...readSecrets, why: "reads the secret in use" },
  { actions: ["secretsmanager:PutSecretValue"], on: "Secrets", why: "puts the secret that a sender brought" },
];

/** With a key of the customer's, whatever reads or writes secrets and objects also uses the key. */
const throughKey: Row = {
  actions: ["kms:Decrypt", "kms:GenerateDataKey"],
  on: "KeysThroughServices",
  why: "uses the customer-managed key, through Secrets Manager and S3 only",
};

/** Rows on one scope become one grant. */
function grants(rows: readonly Row[], names: Names): Grant[] {
  const byScope = Map.groupBy(rows, ({ on }) => on);
  const forTypes = (types: readonly string[]) =>
    types.length === 0 ? [] : [`CloudFormation, for ${types.map((type) => `\`${type}\``).join(", ")}`];
  return Array.from(byScope, ([sid, group]) => ({
    sid,
    why: [
      ...new Set([
        ...group.flatMap((row) => ("why" in row ? row.why : [])),
        ...forTypes(group.flatMap((row) => ("type" in row ? row.type : []))),
      ]),
    ].join("; "),
    actions: [...new Set(group.flatMap(({ actions }) => actions))].toSorted(),
    ...(scopes[sid](names) as { resources: readonly Value[]; condition?: Value }),
  }));
}

/** Scopes whose rights are in the second of two policies for deploying: IAM allows 6,144 characters in one policy. */
const data: ReadonlySet<Scope> = new Set<Scope>([
  "Buckets",
  "Secrets",
  "Queues",
  "Tables",
  "Topics",
  "Subscriptions",
  "Schedules",
  "Rules",
  "Alarms",
  "Dashboards",
  "Keys",
]);

/** The policies for a stage of this configuration. */
export function stagePolicies(
  { service, encryption, network }: Deployment,
  stage: string,
): readonly StagePolicy[] {
  const names = namesOf(service, stage);
  const isWithKey = encryption === "customer-managed";
  const types = Object.keys(resourceRights).filter((type) => isWithKey || type !== "AWS::KMS::Key");
  const rows: Row[] = types.flatMap((type) =>
    (resourceRights[type] ?? []).map(({ actions, on }) => ({ actions, on, type })),
  );
  const deploying = [
    ...osls,
    ...rows,
    ...(network === undefined ? [] : [{ ...subnetRights, why: "Lambda, for functions in subnets" }]),
  ];
  const key = isWithKey ? [throughKey] : [];
  const policy = (name: StagePolicy["name"], description: string, rows: readonly Row[]): StagePolicy => ({
    name,
    description,
    grants: grants(rows, names),
  });
  return [
    policy(
      "deploy-stack",
      "npm run deploy and npm run remove: the stack, functions, roles, the API and logs",
      deploying.filter(({ on }) => !data.has(on)),
    ),
    policy(
      "deploy-data",
      "npm run deploy and npm run remove: queues, bucket, ledger, secrets and alarms",
      deploying.filter(({ on }) => data.has(on)),
    ),
    policy("operate", "npm run explain, import, parked, pause, resume and refused", operate),
    policy("doctor", "npm run doctor", [...doctor, ...key]),
    policy("enrol", "npm run enrol", [...enrol, ...key]),
  ];
}

/** A policy as IAM reads it, with CloudFormation's pseudo parameters in its ARNs. */
export const policyDocument = ({ grants }: StagePolicy): Value => ({
  Version: "2012-10-17",
  Statement: grants.map(({ sid, actions, resources, condition }) => ({
    Sid: sid,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(condition !== undefined && { Condition: condition }),
  })),
});

/** A CloudFormation template of the policies: CloudFormation puts partition, region and account into the ARNs. */
export function policiesTemplate(deployment: Deployment, stage: string): Value {
  const { stack } = namesOf(deployment.service, stage);
  const policies = stagePolicies(deployment, stage);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Who may deploy and operate ${stack}: attach these policies to roles of yours`,
    Resources: Object.fromEntries(
      policies.map((policy) => [
        pascal(policy.name),
        {
          Type: "AWS::IAM::ManagedPolicy",
          Properties: {
            ManagedPolicyName: { "Fn::Sub": `${stack}-\${AWS::Region}-${policy.name}` },
            Description: policy.description,
            PolicyDocument: policyDocument(policy),
          },
        },
      ]),
    ),
    Outputs: Object.fromEntries(
      policies.map(({ name, description }) => [
        pascal(name),
        { Description: description, Value: { Ref: pascal(name) } },
      ]),
    ),
  };
}
