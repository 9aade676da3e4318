import { timeZoneOf, type Config } from "#lib/config.ts";
import { outputNames, pascal } from "#infra/stage/outputs.ts";
import { accessLogFormat } from "./access-log.ts";
import { alarmText } from "./alarm-text.ts";
import { bucketPolicy } from "./bucket-policy.ts";
import type { FunctionFile } from "./bundle.ts";
import { logicalName, output, ref, type Value } from "./cloudformation.ts";
import { customerKey } from "./customer-key.ts";
import { dashboard } from "./dashboard.ts";
import {
  authingSecret,
  digestsSecret,
  digestScheduleRole,
  noticesSecret,
  uploadsSecret,
  sourceSecret,
  type DeployedSource,
  type FunctionDefinition,
} from "./function-definition.ts";
import { functionDefinitions } from "./functions.ts";
import type { DigestTime } from "./notice-functions.ts";
import { functionRole, invokingRole } from "./roles.ts";
import { digestsKey, rosterSchedules } from "./rosters.ts";
import { sourceAlarms } from "./source-alarms.ts";
import { invocationPermissions, triggerOutput } from "./triggers.ts";
import { joins, subnets } from "./network.ts";

// The deployment of the functions, each with a role and an alarm of its own; the secrets; and the outputs of the stack.

/** The content of dist/deployment.json, which serverless.yml includes. */
export interface Deployment {
  readonly service: string;
  readonly functions: Readonly<Record<string, Value>>;
  readonly resources: {
    readonly Resources: Readonly<Record<string, Value>>;
    readonly Outputs: Readonly<Record<string, Value>>;
    /** Additional properties of resources that the .yml files or osls define. */
    readonly extensions: Readonly<Record<string, Value>>;
  };
  readonly keepResultsDays: number;
  /** Whether the bucket deletes uploaded files of people after that time, as S3 writes it. */
  readonly forgetFilesStatus: "Enabled" | "Disabled";
  readonly bucketPolicy: Value;
  /** What the HTTP API writes about each request. */
  readonly accessLogFormat: string;
}

/**
 * A secret that is created empty. The template holds no value for it, so that a deployment neither knows nor replaces the value
 * that the operator puts there.
 */
function secret(name: string, description: string): Value {
  return {
    Type: "AWS::SecretsManager::Secret",
    // A source may be switched off for a day: its secret, which the vendor has too, must not be deleted with it.
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      // osls resolves this name, as it resolves the others.
      Name: `\${self:service}/\${sls:stage}/${name}`,
      Description: description,
    },
  };
}

/** The alarm for a function that fails or that AWS throttles. A bad delivery or a bad event never makes a function fail. */
function failureAlarm({ name, failureMeans }: FunctionDefinition): Value {
  const sum = (id: string, metric: string): Value => ({
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: "AWS/Lambda",
        MetricName: metric,
        Dimensions: [{ Name: "FunctionName", Value: ref(`${logicalName(name)}LambdaFunction`) }],
      },
      Period: 300,
      Stat: "Sum",
    },
  });
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: alarmText({
        happened: `the function ${name} failed, or AWS throttled it, in the last five minutes`,
        means: failureMeans,
        next: `\`aws logs tail /aws/lambda/\${self:service}-\${sls:stage}-${name} --since 1h\` says why; \`npm run doctor -- --stage \${sls:stage}\` checks secrets, rights and queues.`,
      }),
      Metrics: [
        sum("errors", "Errors"),
        sum("throttles", "Throttles"),
        { Id: "failures", Expression: "errors + throttles", Label: "errors and throttles" },
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 0,
      TreatMissingData: "notBreaching",
      AlarmActions: [ref("AlarmsTopic")],
      // The end of this alarm would invoke the function that has failed. It would fail again, raise the alarm again, and so on.
      ...(name !== "notices-alarm" && { OKActions: [ref("AlarmsTopic")] }),
    },
  };
}

/** When the digest is sent; `undefined` for no digest. */
export function digestTime(config: Pick<Config, "notices" | "region" | "timeZone">): DigestTime | undefined {
  const { digestAt } = config.notices;
  if (digestAt === false) return undefined;
  const timeZone = timeZoneOf(config);
  if (/^[+-]/.test(timeZone)) {
    throw new TypeError(
      `inbound.config.ts: timeZone: AWS sends the digest by the clocks of a place, such as Asia/Shanghai, and does not know ${timeZone}: name a place, or set notices.digestAt to false`,
    );
  }
  return { at: digestAt, timeZone };
}

/**
 * Functions, roles, secrets and outputs of a deployment. Throws where a source that is switched on has no function, and where a
 * file in functions/ has no definition in functions.ts, which says what the function may do.
 */
export function deployment(
  config: Pick<
    Config,
    | "service"
    | "encryption"
    | "keepResultsDays"
    | "notices"
    | "readers"
    | "region"
    | "timeZone"
    | "uploads"
    | "webhooks"
  > & {
    readonly network?: Config["network"];
    readonly sources: readonly DeployedSource[];
  },
  files: readonly FunctionFile[],
): Deployment {
  const deployed = config.sources.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const sources = deployed.map(({ name }) => name);
  const twice = sources.find(
    (name, index) => sources.findIndex((other) => pascal(other) === pascal(name)) < index,
  );
  if (twice !== undefined) {
    throw new TypeError(
      `inbound.config.ts: sources.${twice}: AWS cannot tell it apart from another source's name: rename it`,
    );
  }
  const digest = digestTime(config);
  const definitions = functionDefinitions(deployed, digest);
  for (const { name } of definitions) {
    if (!files.some((file) => file.name === name)) {
      throw new TypeError(`there is no functions/${name.replace("-", "/")}.ts for the function "${name}"`);
    }
  }
  for (const { name, file } of files) {
    if (
      !/^functions\/(webhooks|triggers)\//.test(file) &&
      !definitions.some((definition) => definition.name === name)
    ) {
      throw new TypeError(
        `${file} is not in infra/aws/functions.ts: define there what invokes it and what it may do`,
      );
    }
  }

  const functions = definitions.map((definition): [string, Value] => [
    definition.name,
    {
      handler: `dist/${definition.name}/index.handler`,
      description: definition.description,
      memorySize: definition.memoryMegabytes,
      timeout: definition.timeoutSeconds,
      role: `${pascal(definition.name)}Role`,
      environment: definition.environment,
      ...(joins(definition, config.network) && { vpc: subnets(config.network) }),
      ...(definition.name.startsWith("webhooks-") &&
        config.webhooks.reservedConcurrency !== undefined && {
          reservedConcurrency: config.webhooks.reservedConcurrency,
        }),
      package: { patterns: [`dist/${definition.name}/*.mjs`] },
      events: definition.events,
    },
  ]);

  const isOwn = (source: string) =>
    files.some(({ name, contents }) => name === `webhooks-${source}` && contents !== undefined);
  const alarms = Object.assign(
    {},
    ...sources.map((name) => sourceAlarms({ name, isOwn: isOwn(name) })),
  ) as Record<string, Value>;
  const received = deployed.flatMap(({ name, trigger }) => (trigger ? [] : [name]));
  const secrets = [authingSecret, digestsSecret, noticesSecret, uploadsSecret, ...received.map(sourceSecret)];
  const key = config.encryption === "customer-managed" ? customerKey(secrets) : undefined;
  return {
    service: config.service,
    keepResultsDays: config.keepResultsDays,
    forgetFilesStatus: config.uploads.keepFiles ? "Disabled" : "Enabled",
    bucketPolicy: bucketPolicy(definitions, config.readers),
    accessLogFormat: accessLogFormat(config.webhooks.logsAddresses),
    functions: Object.fromEntries(functions),
    resources: {
      extensions: { ...key?.extensions },
      Resources: {
        ...key?.Resources,
        ...Object.fromEntries(
          definitions.flatMap((definition) => [
            [`${pascal(definition.name)}Role`, functionRole(definition, config.encryption, config.network)],
            [`${pascal(definition.name)}FailsAlarm`, failureAlarm(definition)],
          ]),
        ),
        ...(digest && {
          [digestScheduleRole]: invokingRole("What the schedule of the digest may invoke", "notices-digest"),
        }),
        ...rosterSchedules(deployed, config.encryption),
        ...Object.assign({}, ...deployed.map(invocationPermissions)),
        ...alarms,
        Dashboard: dashboard(
          sources,
          definitions.map(({ name }) => logicalName(name)),
          Object.keys(alarms),
        ),
        [authingSecret]: secret(
          "authing",
          'How to call Authing. Put JSON here: {"accessKeyId": "...", "accessKeySecret": "..."}. Created empty; deployments never change it.',
        ),
        [digestsSecret]: digestsKey,
        [noticesSecret]: secret(
          "notices",
          "The bots of group chats that are told of alarms. Optional. Put JSON here, as docs/notices.md shows. Created empty; deployments never change it.",
        ),
        [uploadsSecret]: secret(
          "uploads",
          'Keys and passwords of encrypted files. Optional. Put JSON here: {"pskcPassword": "..."}, as docs/uploads.md shows. Created empty; deployments never change it.',
        ),
        ...Object.fromEntries(
          received.map((source) => [
            sourceSecret(source),
            secret(
              `sources/${source}`,
              `How ${source} proves who it is. Put JSON here, in the shape that the README of the source gives. Created empty; deployments never change it.`,
            ),
          ]),
        ),
      },
      Outputs: {
        ...Object.fromEntries(
          received.map((source) => [
            outputNames.webhookUrl(source),
            output(`Where ${source} sends its webhooks`, {
              "Fn::Sub": `https://\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/webhooks/${source}`,
            }),
          ]),
        ),
        ...Object.fromEntries(deployed.filter(({ trigger }) => trigger).map(triggerOutput)),
        DashboardName: output("The dashboard in CloudWatch", ref("Dashboard")),
        [outputNames.secretName("authing")]: output(
          "Where Authing's access key goes",
          `\${self:service}/\${sls:stage}/authing`,
        ),
        [outputNames.secretName("uploads")]: output(
          "Where keys of encrypted files go",
          `\${self:service}/\${sls:stage}/uploads`,
        ),
        [outputNames.secretName("notices")]: output(
          "Where the bots of group chats go",
          `\${self:service}/\${sls:stage}/notices`,
        ),
        ...Object.fromEntries(
          received.map((source) => [
            outputNames.secretName(`sources/${source}`),
            output(`Where the secret of ${source} goes`, `\${self:service}/\${sls:stage}/sources/${source}`),
          ]),
        ),
        [outputNames.alarmFunction]: output(
          "What npm run notices -- test asks",
          ref(`${logicalName("notices-alarm")}LambdaFunction`),
        ),
        [outputNames.digestFunction]: output(
          "What npm run notices -- digest asks",
          ref(`${logicalName("notices-digest")}LambdaFunction`),
        ),
        [outputNames.operationsFunction]: output(
          "What npm run explain, dead and held ask with --stage",
          ref(`${logicalName("operations-run")}LambdaFunction`),
        ),
      },
    },
  };
}
