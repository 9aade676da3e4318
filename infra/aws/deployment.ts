import type { Config } from "#lib/config.ts";
import { outputNames, pascal } from "#infra/stage/outputs.ts";
import { arn, may, output, ref, type Value } from "./cloudformation.ts";
import { customerKey, mayUseKey } from "./customer-key.ts";
import { dashboard } from "./dashboard.ts";
import {
  authingSecret,
  functionDefinitions,
  sourceSecret,
  type DeployedSource,
  type FunctionDefinition,
} from "./functions.ts";
import { joins, mayJoinNetwork, subnets } from "./network.ts";

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
}

type Encryption = Config["encryption"];
type Network = Config["network"];

/** The name that osls gives a function's resources in the template. */
const logicalName = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll("-", "Dash");

function role(definition: FunctionDefinition, encryption: Encryption, network: Network): Value {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      Description: `What ${definition.name} may do`,
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          // The service's name is the same in every partition.
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      },
      Policies: [
        {
          PolicyName: definition.name,
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              may(
                arn(`${logicalName(definition.name)}LogGroup`),
                "logs:CreateLogStream",
                "logs:PutLogEvents",
              ),
              ...definition.may,
              ...(encryption === "customer-managed" && definition.may.length > 0 ? [mayUseKey] : []),
              ...(joins(definition, network) ? mayJoinNetwork(definition.name) : []),
            ],
          },
        },
      ],
    },
  };
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
function failureAlarm({ name }: FunctionDefinition): Value {
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
      AlarmDescription: `${name} has failed or was throttled by AWS; its log says why`,
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
    },
  };
}

/**
 * Functions, roles, secrets and outputs of a deployment. Throws where a source that is switched on has no function, and where a
 * file in functions/ has no definition in functions.ts, which says what the function may do.
 */
export function deployment(
  config: {
    readonly service: string;
    readonly encryption: Encryption;
    readonly network?: Network;
    readonly keepResultsDays: number;
    readonly sources: readonly DeployedSource[];
  },
  files: readonly { readonly name: string; readonly file: string }[],
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
  const definitions = functionDefinitions(deployed);
  for (const { name } of definitions) {
    if (!files.some((file) => file.name === name)) {
      throw new TypeError(`there is no functions/${name.replace("-", "/")}.ts for the function "${name}"`);
    }
  }
  for (const { name, file } of files) {
    if (
      !file.startsWith("functions/webhooks/") &&
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
      package: { patterns: [`dist/${definition.name}/*.mjs`] },
      events: definition.events,
    },
  ]);

  const secrets = [authingSecret, ...sources.map(sourceSecret)];
  const key = config.encryption === "customer-managed" ? customerKey(secrets) : undefined;
  return {
    service: config.service,
    keepResultsDays: config.keepResultsDays,
    functions: Object.fromEntries(functions),
    resources: {
      extensions: { ...key?.extensions },
      Resources: {
        ...key?.Resources,
        ...Object.fromEntries(
          definitions.flatMap((definition) => [
            [`${pascal(definition.name)}Role`, role(definition, config.encryption, config.network)],
            [`${pascal(definition.name)}FailsAlarm`, failureAlarm(definition)],
          ]),
        ),
        Dashboard: dashboard(
          sources,
          definitions.map(({ name }) => logicalName(name)),
        ),
        [authingSecret]: secret(
          "authing",
          'How to call Authing. Put JSON here: {"accessKeyId": "...", "accessKeySecret": "..."}. Created empty; deployments never change it.',
        ),
        ...Object.fromEntries(
          sources.map((source) => [
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
          sources.map((source) => [
            outputNames.webhookUrl(source),
            output(`Where ${source} sends its webhooks`, {
              "Fn::Sub": `https://\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/webhooks/${source}`,
            }),
          ]),
        ),
        DashboardName: output("The dashboard in CloudWatch", ref("Dashboard")),
        [outputNames.secretName("authing")]: output(
          "Where Authing's access key goes",
          `\${self:service}/\${sls:stage}/authing`,
        ),
        ...Object.fromEntries(
          sources.map((source) => [
            outputNames.secretName(`sources/${source}`),
            output(`Where the secret of ${source} goes`, `\${self:service}/\${sls:stage}/sources/${source}`),
          ]),
        ),
        [outputNames.operationsFunction]: output(
          "What npm run explain, dead and held ask with --stage",
          ref(`${logicalName("operations-run")}LambdaFunction`),
        ),
      },
    },
  };
}
