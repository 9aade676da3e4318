import { enrolmentKey } from "#lib/aws/enrolments.ts";
import { pascal } from "#infra/stage/outputs.ts";
import { arn, may, object, objects, ref, type Statement, type Value } from "./cloudformation.ts";

// What AWS runs, and what each function may do there: the only place that a new function touches in infra.

/** What a deployment has to know of a source that is switched on. */
export interface DeployedSource {
  readonly name: string;
  /** Whether its events are completed at its own API, so that the worker needs its secret. */
  readonly fetch?: unknown;
  readonly proof?: { readonly readsPathToken?: boolean };
  /** Whether its sender brings the secret itself. */
  readonly enrol?: unknown;
}

export interface FunctionDefinition {
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

/** What an event source mapping does with the function's role. */
const maySettle = (queue: string, ...more: string[]) =>
  may(arn(queue), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...more);
/** A claim is an update, which deletes what is there and has expired; so is an outcome. */
const mayClaim = may(arn("LedgerTable"), "dynamodb:UpdateItem", "dynamodb:DeleteItem");
/** What was told is put, what is due, and a person who is renamed. */
const mayUseLedger = [mayClaim, may(arn("LedgerTable"), "dynamodb:GetItem", "dynamodb:PutItem")];
/** Puts events into the queue, those that are too large for it into the bucket: below `waiting/`, or of one source. */
const mayQueueEvents = (source = "") => [
  may(arn("EventsQueue"), "sqs:SendMessage"),
  may(objects(`waiting/${source}`), "s3:PutObject"),
];
/** The guard counts the departures of an hour. */
const mayCountDepartures = may(arn("LedgerTable"), "dynamodb:Query");
const mayReadSecret = (secret: string) => may(ref(secret), "secretsmanager:GetSecretValue");

export const authingSecret = "AuthingSecret";
export const sourceSecret = (source: string) => `${pascal(source)}Secret`;

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
      ...mayQueueEvents(`${source}/`),
      ...(enrol ? [may(object(enrolmentKey(source)), "s3:PutObject")] : []),
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
        // Authing's rate limit bounds how many may run at once.
        maximumConcurrency: 5,
      },
    },
  ],
  may: [
    mayReadSecret(authingSecret),
    ...asked.map(mayReadSecret),
    maySettle("EventsQueue", "sqs:ChangeMessageVisibility", "sqs:SendMessage"),
    may(objects("waiting/"), "s3:GetObject", "s3:PutObject"),
    // It parks what cannot be decided now, and takes away what was parked before. Only operations and the waiting room read it.
    may(objects("parked/"), "s3:PutObject", "s3:DeleteObject"),
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
    // The outcome of a refused file is recorded here.
    mayClaim,
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
  // One more than one file may take (chunksAtOnce in lib/uploads/import-plan.ts). Authing's rate limit bounds how many may run at once.
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
    mayClaim,
    ...mayWriteResults,
    may(objects("results/"), "s3:DeleteObject"),
    // TOTP secrets do not stay once they are imported.
    may(objects("incoming/otp/"), "s3:DeleteObjectVersion"),
  ],
};

const waitingBringBack: FunctionDefinition = {
  name: "waiting-bring-back",
  description: "Puts parked events whose moment has come back into the queue, every minute",
  memoryMegabytes: 512,
  // Less than the time between two runs, so that they do not meet.
  timeoutSeconds: 55,
  environment: {
    EVENTS_QUEUE_URL: ref("EventsQueue"),
    BUCKET: ref("UploadsBucket"),
    TABLE: ref("LedgerTable"),
  },
  events: [{ schedule: { rate: ["rate(1 minute)"] } }],
  may: [
    ...mayQueueEvents(),
    may(objects("parked/waiting/"), "s3:GetObject", "s3:PutObject"),
    // Without it S3 answers 403 for a message that was taken away meanwhile, which cannot be told from a wrong permission.
    may(arn("UploadsBucket"), "s3:ListBucket"),
    // What is due, and nothing else of the ledger.
    may(arn("LedgerTable"), "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
  ],
};

/** @param asked As for `eventsApply`: what is redriven is completed and translated anew. */
const operationsRun = (asked: readonly string[]): FunctionDefinition => ({
  name: "operations-run",
  description: "Lists, redrives, releases and discards parked events; operators with the right invoke it",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: {
    EVENTS_QUEUE_URL: ref("EventsQueue"),
    BUCKET: ref("UploadsBucket"),
    TABLE: ref("LedgerTable"),
  },
  events: [],
  may: [
    mayReadSecret(authingSecret),
    ...asked.map(mayReadSecret),
    ...mayUseLedger,
    mayCountDepartures,
    // An index is a resource of its own.
    may({ "Fn::Sub": `\${LedgerTable.Arn}/index/by-person` }, "dynamodb:Query"),
    // What a pause has stored goes back into the queue when the pause ends.
    ...mayQueueEvents(),
    may(objects("parked/"), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
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

/** Every function of a deployment with these sources, in their order. */
export function functionDefinitions(sources: readonly DeployedSource[]): FunctionDefinition[] {
  const asked = sources.filter(({ fetch }) => fetch !== undefined).map(({ name }) => sourceSecret(name));
  return [
    ...sources.map(webhooks),
    eventsApply(asked),
    uploadsPlan,
    uploadsRun,
    uploadsFinish,
    waitingBringBack,
    operationsRun(asked),
    unclaimedRefuse,
  ];
}
