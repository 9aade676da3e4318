import { enrolmentKey } from "#lib/aws/enrolments.ts";
import { pascal } from "#infra/stage/outputs.ts";
import { arn, may, object, objects, ref, type Statement, type Value } from "./cloudformation.ts";

// The functions that AWS runs, and what each may do there. A new function needs a definition here and nowhere else in infra.

/** The facts about a source that is switched on which a deployment needs. */
export interface DeployedSource {
  readonly name: string;
  /** Whether its events are completed at its own API, so that the worker needs its secret. */
  readonly fetch?: unknown;
  readonly proof?: { readonly readsPathToken?: boolean };
  /** Whether its sender brings the secret itself. */
  readonly enrol?: unknown;
}

/** Where a function's requests go that leave AWS. */
export type Destination = "authing" | "source-apis";

export interface FunctionDefinition {
  /** As in `bundle.ts`: `<folder>-<file>`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, Value>>;
  readonly events: readonly Value[];
  /** What it calls outside AWS, apart from the key sets of senders that sign tokens. Decides which functions `network` concerns. */
  readonly calls: readonly Destination[];
  /** Everything that the function may do, in addition to writing its own log. */
  readonly may: readonly Statement[];
}

/** The permissions that an event source mapping needs, which uses the function's role. */
const mayConsume = (queue: string, ...more: string[]) =>
  may(arn(queue), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...more);
/** A claim is an update that first deletes an expired entry; so is the record of an outcome. */
const mayClaim = may(arn("LedgerTable"), "dynamodb:UpdateItem", "dynamodb:DeleteItem");
/** Writes what sources have said of people, entries of the due index, and both records of a person whose id changes. */
const mayUseLedger = [mayClaim, may(arn("LedgerTable"), "dynamodb:GetItem", "dynamodb:PutItem")];
/** Puts events into the queue, and those that are too large for it into the bucket: anywhere under `waiting/`, or for one source. */
const mayQueueEvents = (source = "") => [
  may(arn("EventsQueue"), "sqs:SendMessage"),
  may(objects(`waiting/${source}`), "s3:PutObject"),
];
/** The departure guard counts the departures of one hour. */
const mayCountDepartures = may(arn("LedgerTable"), "dynamodb:Query");
const mayReadSecret = (secret: string) => may(ref(secret), "secretsmanager:GetSecretValue");

export const authingSecret = "AuthingSecret";
export const sourceSecret = (source: string) => `${pascal(source)}Secret`;

/**
 * Receives one source's webhooks. It may read that source's secret, put events into the queue, and put those that are too large for
 * the queue into the bucket; nothing else.
 */
function webhooks({ name: source, proof, enrol }: DeployedSource): FunctionDefinition {
  const path = `/webhooks/${source}`;
  // The second path exists only where the secret is a part of it; the access log holds the route, never the path.
  const paths = proof?.readsPathToken ? [path, `${path}/{token}`] : [path];
  return {
    name: `webhooks-${source}`,
    description: `Verifies deliveries of ${source} and queues their events`,
    // 512 MB gives the function a third of a core: a cold start takes much less time than any sender waits.
    memoryMegabytes: 512,
    timeoutSeconds: 10,
    environment: { EVENTS_QUEUE_URL: ref("EventsQueue"), BUCKET: ref("UploadsBucket") },
    // Some senders check the URL with GET before they use it; others send their deliveries with GET.
    events: paths.flatMap((path) => [
      { httpApi: { method: "POST", path } },
      { httpApi: { method: "GET", path } },
    ]),
    calls: [],
    may: [
      mayReadSecret(sourceSecret(source)),
      ...mayQueueEvents(`${source}/`),
      ...(enrol ? [may(object(enrolmentKey(source)), "s3:PutObject")] : []),
    ],
  };
}

/** @param asked Names of the secrets of the sources whose events are completed at the source's API. */
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
  calls: asked.length > 0 ? ["authing", "source-apis"] : ["authing"],
  may: [
    mayReadSecret(authingSecret),
    ...asked.map(mayReadSecret),
    mayConsume("EventsQueue", "sqs:ChangeMessageVisibility", "sqs:SendMessage"),
    may(objects("waiting/"), "s3:GetObject", "s3:PutObject"),
    // The worker parks events that cannot be decided now, and deletes a parked event that it has decided. Only waiting-bring-back and
    // operations-run read parked messages.
    may(objects("parked/"), "s3:PutObject", "s3:DeleteObject"),
    ...mayUseLedger,
    mayCountDepartures,
  ],
});

/** One message per invocation, so that each message has the function's whole time. */
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
/** Reads and writes the plans, parts and results of imports. */
const mayWriteResults = [
  may(objects("results/"), "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
  // Without this right S3 answers 403 for a missing object, and the function could not tell that from a missing permission.
  may(arn("UploadsBucket"), "s3:ListBucket"),
];

const uploadsPlan: FunctionDefinition = {
  name: "uploads-plan",
  description: "Reads an uploaded file once, refuses what cannot be read, and cuts it into chunks",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: { CHUNKS_QUEUE_URL: ref("ChunksQueue"), TABLE: ref("LedgerTable") },
  events: [oneFrom("UploadsQueue", 2)],
  calls: [],
  may: [
    mayConsume("UploadsQueue"),
    may(arn("ChunksQueue"), "sqs:SendMessage"),
    // This function records the outcome of a refused file.
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
  // One more than one file may use (chunksAtOnce in lib/uploads/import-plan.ts), so that a large file does not block a small one.
  // Authing's rate limit bounds how many may run at once.
  events: [oneFrom("ChunksQueue", 3)],
  calls: ["authing"],
  may: [
    mayReadSecret(authingSecret),
    mayConsume("ChunksQueue", "sqs:SendMessage"),
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
  calls: [],
  may: [
    mayConsume("FinishQueue"),
    mayClaim,
    ...mayWriteResults,
    may(objects("results/"), "s3:DeleteObject"),
    // The function deletes an uploaded file of TOTP secrets once it is imported.
    may(objects("incoming/otp/"), "s3:DeleteObjectVersion"),
  ],
};

const waitingBringBack: FunctionDefinition = {
  name: "waiting-bring-back",
  description: "Puts parked events that are due back into the queue, every minute",
  memoryMegabytes: 512,
  // Shorter than the time between two runs, so that runs do not overlap.
  timeoutSeconds: 55,
  environment: {
    EVENTS_QUEUE_URL: ref("EventsQueue"),
    BUCKET: ref("UploadsBucket"),
    TABLE: ref("LedgerTable"),
  },
  events: [{ schedule: { rate: ["rate(1 minute)"] } }],
  calls: [],
  may: [
    ...mayQueueEvents(),
    may(objects("parked/waiting/"), "s3:GetObject", "s3:PutObject"),
    // Without this right S3 answers 403 for a message that was deleted meanwhile, and the function could not tell that from a
    // missing permission.
    may(arn("UploadsBucket"), "s3:ListBucket"),
    // The due index, and nothing else of the ledger.
    may(arn("LedgerTable"), "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
  ],
};

/** @param asked As for `eventsApply`: a redriven event is completed and translated anew. */
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
  calls: asked.length > 0 ? ["authing", "source-apis"] : ["authing"],
  may: [
    mayReadSecret(authingSecret),
    ...asked.map(mayReadSecret),
    ...mayUseLedger,
    mayCountDepartures,
    // An index is a resource of its own.
    may({ "Fn::Sub": `\${LedgerTable.Arn}/index/by-person` }, "dynamodb:Query"),
    // The events that were stored during a pause go back into the queue when the pause ends.
    ...mayQueueEvents(),
    may(objects("parked/"), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    may(arn("UploadsBucket"), "s3:ListBucket"),
  ],
});

const unclaimedRefuse: FunctionDefinition = {
  name: "unclaimed-refuse",
  description: "Answers every path that is no webhook with the same 401 as a bad proof",
  memoryMegabytes: 128,
  timeoutSeconds: 3,
  environment: {},
  events: [{ httpApi: "*" }],
  calls: [],
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
