import { enrolmentKey } from "#lib/aws/enrolments.ts";
import type { Config } from "#lib/config.ts";
import { outputNames, pascal } from "#infra/stage/outputs.ts";
import { customerKey, mayUseKey } from "./customer-key.ts";
import { dashboard } from "./dashboard.ts";

// What AWS runs, and what each function may do there: the only place that a new function or source touches in infra.
// Queues, bucket and table are in the .yml files beside this one; `Ref` and `Fn::GetAtt` below name resources of theirs.

/** A value as CloudFormation takes it. */
export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** One permission. A type, not an interface, so that it is a `Value` too. */
export type Statement = {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: Value;
};

interface FunctionDefinition {
  /** As in `bundle.ts`: `<folder>-<file>`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, Value>>;
  readonly events: readonly Value[];
  /** Everything it may do, beside writing its own log. */
  readonly may: readonly Statement[];
}

/** What serverless.yml includes. */
export interface Deployment {
  readonly service: string;
  readonly functions: Readonly<Record<string, Value>>;
  readonly resources: {
    readonly Resources: Readonly<Record<string, Value>>;
    readonly Outputs: Readonly<Record<string, Value>>;
    /** Properties for resources that the .yml files or osls make. */
    readonly extensions: Readonly<Record<string, Value>>;
  };
  readonly keepResultsDays: number;
}

const ref = (resource: string): Value => ({ Ref: resource });
const arn = (resource: string): Value => ({ "Fn::GetAtt": [resource, "Arn"] });
/** Keys of the bucket under a prefix. Object ARNs name no partition of ours: they start from the bucket's own. */
const objects = (prefix: string): Value => ({ "Fn::Sub": `\${UploadsBucket.Arn}/${prefix}*` });
const may = (resource: Value, ...actions: string[]): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});

/** What an event source mapping does in a function's name. */
const maySettle = (queue: string, ...more: string[]) =>
  may(arn(queue), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...more);
const mayUseLedger = [
  may(
    arn("LedgerTable"),
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
  ),
];
/** Those of an hour are counted together. */
const mayCountDepartures = may(arn("LedgerTable"), "dynamodb:Query");
const mayReadSecret = (secret: string) => may(ref(secret), "secretsmanager:GetSecretValue");

const authingSecret = "AuthingSecret";
const sourceSecret = (source: string) => `${pascal(source)}Secret`;

/**
 * Receives one source's webhooks: may read that source's secret and put events into the queue, those that are too large for
 * it into the bucket, and nothing else.
 */
function webhooks({ name: source, proof, enrol }: DeployedSource): FunctionDefinition {
  const path = `/webhooks/${source}`;
  // The second one only where the secret is a part of the path; the access log holds the route, never the path.
  const paths = proof?.readsPathToken ? [path, `${path}/{token}`] : [path];
  return {
    name: `webhooks-${source}`,
    description: `Verifies deliveries of ${source} and queues their events`,
    // 512 MB buys a third of a core: a cold start well below a sender's deadline.
    memoryMegabytes: 512,
    timeoutSeconds: 10,
    environment: { EVENTS_QUEUE_URL: ref("EventsQueue"), BUCKET: ref("UploadsBucket") },
    // GET is how some senders check the URL before they use it, and how others send.
    events: paths.flatMap((path) => [
      { httpApi: { method: "POST", path } },
      { httpApi: { method: "GET", path } },
    ]),
    may: [
      mayReadSecret(sourceSecret(source)),
      may(arn("EventsQueue"), "sqs:SendMessage"),
      may(objects(`waiting/${source}/`), "s3:PutObject"),
      ...(enrol ? [may({ "Fn::Sub": `\${UploadsBucket.Arn}/${enrolmentKey(source)}` }, "s3:PutObject")] : []),
    ],
  };
}

/** @param asked Secrets of the sources whose API tells the rest of their events. */
const eventsApply = (asked: readonly string[]): FunctionDefinition => ({
  name: "events-apply",
  description: "Translates queued events and delivers them to Authing, one person's in order",
  memoryMegabytes: 512,
  // infra/aws/queues.yml hides a message six times as long.
  timeoutSeconds: 60,
  environment: {
    EVENTS_QUEUE_URL: ref("EventsQueue"),
    BUCKET: ref("UploadsBucket"),
    TABLE: ref("LedgerTable"),
  },
  events: [
    {
      sqs: {
        arn: arn("EventsQueue"),
        batchSize: 10,
        functionResponseType: "ReportBatchItemFailures",
        // How many run at once is what Authing's rate limit has to bear.
        maximumConcurrency: 5,
      },
    },
  ],
  may: [
    mayReadSecret(authingSecret),
    ...asked.map(mayReadSecret),
    maySettle("EventsQueue", "sqs:ChangeMessageVisibility"),
    may(objects("waiting/"), "s3:GetObject"),
    may(objects("kept/"), "s3:PutObject"),
    ...mayUseLedger,
    mayCountDepartures,
  ],
});

/** One message at a time, so that each has the function's whole time. */
const oneFrom = (queue: string, maximumConcurrency: number): Value => ({
  sqs: {
    arn: arn(queue),
    batchSize: 1,
    functionResponseType: "ReportBatchItemFailures",
    maximumConcurrency,
  },
});
// The bucket is versioned, and a notification says which version is meant.
const mayReadUploads = ["incoming/users/", "incoming/otp/"].map((prefix) =>
  may(objects(prefix), "s3:GetObjectVersion"),
);
/** Plans, parts and results of imports. */
const mayWriteResults = [
  may(objects("results/"), "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
  // Without it S3 answers 403 for an object that is not there, which cannot be told from a wrong permission.
  may(arn("UploadsBucket"), "s3:ListBucket"),
];

const uploadsPlan: FunctionDefinition = {
  name: "uploads-plan",
  description: "Reads an uploaded file once, refuses what cannot be read, and cuts it into chunks",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: { CHUNKS_QUEUE_URL: ref("ChunksQueue"), TABLE: ref("LedgerTable") },
  events: [oneFrom("UploadsQueue", 2)],
  may: [
    maySettle("UploadsQueue"),
    may(arn("ChunksQueue"), "sqs:SendMessage"),
    // A claim is an update, which deletes what is there and has expired; a refused file is settled here.
    may(arn("LedgerTable"), "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
    ...mayReadUploads,
    ...mayWriteResults,
  ],
};

const uploadsRun: FunctionDefinition = {
  name: "uploads-run",
  description: "Delivers a chunk of an uploaded file to Authing, 50 rows at a call",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: {
    CHUNKS_QUEUE_URL: ref("ChunksQueue"),
    FINISH_QUEUE_URL: ref("FinishQueue"),
    TABLE: ref("LedgerTable"),
  },
  // One more than one file may take (lib/uploads/import.ts). How many run at once is what Authing's rate limit has to bear.
  events: [oneFrom("ChunksQueue", 3)],
  may: [
    mayReadSecret(authingSecret),
    maySettle("ChunksQueue", "sqs:SendMessage"),
    may(arn("FinishQueue"), "sqs:SendMessage"),
    ...mayUseLedger,
    ...mayReadUploads,
    ...mayWriteResults,
  ],
};

const uploadsFinish: FunctionDefinition = {
  name: "uploads-finish",
  description: "Puts the results of an uploaded file together when its last chunk is done",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: { TABLE: ref("LedgerTable") },
  events: [oneFrom("FinishQueue", 2)],
  may: [
    maySettle("FinishQueue"),
    may(arn("LedgerTable"), "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
    ...mayWriteResults,
    may(objects("results/"), "s3:DeleteObject"),
    // TOTP secrets do not stay once they are imported.
    may(objects("incoming/otp/"), "s3:DeleteObjectVersion"),
  ],
};

/** @param asked As for `eventsApply`: what is redriven is completed and translated anew. */
const operationsRun = (asked: readonly string[]): FunctionDefinition => ({
  name: "operations-run",
  description: "Lists, redrives, releases and discards what waits for a person; invoked by whoever may",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: { BUCKET: ref("UploadsBucket"), TABLE: ref("LedgerTable") },
  events: [],
  may: [
    mayReadSecret(authingSecret),
    ...asked.map(mayReadSecret),
    ...mayUseLedger,
    mayCountDepartures,
    // An index is a resource of its own.
    may({ "Fn::Sub": `\${LedgerTable.Arn}/index/by-person` }, "dynamodb:Query"),
    may(objects("kept/"), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    may(arn("UploadsBucket"), "s3:ListBucket"),
  ],
});

const unclaimedRefuse: FunctionDefinition = {
  name: "unclaimed-refuse",
  description: "Answers every path that is no webhook as a bad proof is answered",
  memoryMegabytes: 128,
  timeoutSeconds: 3,
  environment: {},
  events: [{ httpApi: "*" }],
  may: [],
};

/** The name that osls gives a function's resources in the template. */
const logicalName = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll("-", "Dash");

function role(definition: FunctionDefinition, encryption: Encryption): Value {
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
            ],
          },
        },
      ],
    },
  };
}

/**
 * A secret that is created empty. The template holds no value for it, so that a deployment neither knows nor replaces
 * what was put there.
 */
function secret(name: string, description: string): Value {
  return {
    Type: "AWS::SecretsManager::Secret",
    // A source that is switched off for a day must not lose what its vendor was told.
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      // Resolved by osls, as the other names are.
      Name: `\${self:service}/\${sls:stage}/${name}`,
      Description: description,
    },
  };
}

/** Rings when a function fails or AWS holds it back; what a delivery or event does wrong makes no function fail. */
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

const output = (description: string, value: Value): Value => ({ Description: description, Value: value });

type Encryption = Config["encryption"];

/** What a deployment has to know of a source that is switched on. */
interface DeployedSource {
  readonly name: string;
  /** Whether its events are completed at its own API, so that the worker needs its secret. */
  readonly fetch?: unknown;
  readonly proof?: { readonly readsPathToken?: boolean };
  /** Whether its sender brings the secret itself. */
  readonly enrol?: unknown;
}

/**
 * Functions, roles, secrets and outputs of a deployment. Throws where a source is switched on that has no function, and
 * where a function would not be deployed because nobody said what it may do.
 */
export function deployment(
  config: {
    readonly service: string;
    readonly encryption: Encryption;
    readonly keepResultsDays: number;
    readonly sources: readonly DeployedSource[];
  },
  files: readonly { readonly name: string; readonly file: string }[],
): Deployment {
  const sources = config.sources.map(({ name }) => name).toSorted();
  const twice = sources.find(
    (name, index) => sources.findIndex((other) => pascal(other) === pascal(name)) < index,
  );
  if (twice !== undefined) {
    throw new TypeError(`inbound.config.ts: sources.${twice}: too like another name for AWS: rename it`);
  }
  const asked = config.sources
    .filter(({ fetch }) => fetch !== undefined)
    .map(({ name }) => sourceSecret(name))
    .toSorted();
  const definitions = [
    ...config.sources.toSorted((one, other) => (one.name < other.name ? -1 : 1)).map(webhooks),
    eventsApply(asked),
    uploadsPlan,
    uploadsRun,
    uploadsFinish,
    operationsRun(asked),
    unclaimedRefuse,
  ];
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
      throw new TypeError(`${file} is not in infra/aws/functions.ts: what runs it, and what may it do?`);
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
            [`${pascal(definition.name)}Role`, role(definition, config.encryption)],
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
