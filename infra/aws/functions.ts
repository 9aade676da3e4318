import { enrolmentKey } from "#lib/aws/enrolments.ts";
import { arn, logGroup, may, object, objects, ref, webhookLogs } from "./cloudformation.ts";
import {
  authingSecret,
  digestsSecret,
  mayReadSecrets,
  sourceSecret,
  uploadsSecret,
  type DeployedSource,
  type FunctionDefinition,
} from "./function-definition.ts";
import {
  mayClaim,
  mayConsume,
  mayCountDepartures,
  mayQueueEvents,
  mayUseLedger,
  oneFrom,
} from "./function-rights.ts";
import { noticesAlarm, noticesDigest, type DigestTime } from "./notice-functions.ts";
import { mayBeginRosters, rostersRun } from "./rosters.ts";
import { triggerFunction, triggerFunctionName } from "./triggers.ts";
import { watchFields, watchSilence } from "./watch-functions.ts";

// The functions that AWS runs, and what each may do there. A new function needs a definition here and nowhere else in infra.

const queueingEnvironment = { EVENTS_QUEUE_URL: ref("EventsQueue"), BUCKET: ref("UploadsBucket") };
/**
 * Receives one source's webhooks. It may read that source's secret, put events into the queue, and put those that are too large for
 * the queue into the bucket; nothing else.
 */
function webhooks({
  name: source,
  proof,
  enrol,
  redeliversForSeconds = 0,
}: DeployedSource): FunctionDefinition {
  const path = `/webhooks/${source}`;
  // The second path exists only where the secret is a part of it; the access log holds the route, never the path.
  const paths = proof?.readsPathToken ? [path, `${path}/{token}`] : [path];
  return {
    name: `webhooks-${source}`,
    description: `Verifies deliveries of ${source} and queues their events`,
    // 512 MB gives the function a third of a core: a cold start takes much less time than any sender waits.
    memoryMegabytes: 512,
    timeoutSeconds: 10,
    environment: queueingEnvironment,
    // One route for every method, since a stack has room for few resources: the function refuses those that no sender uses.
    events: paths.map((path) => ({ httpApi: { method: "*", path } })),
    calls: [],
    may: [
      mayReadSecrets(sourceSecret(source)),
      ...mayQueueEvents(`${source}/`),
      ...(enrol ? [may(object(enrolmentKey(source)), "s3:PutObject")] : []),
    ],
    failureMeans: `deliveries of ${source} are not accepted. The sender repeats each one for about ${Math.ceil(redeliversForSeconds / 3600)} h; after that, what it said of people is lost.`,
  };
}

/**
 * @param asked Names of the secrets of the sources whose events are completed at the source's API, or that have something to renew.
 * @param renews Whether there is a source of the latter kind.
 */
const eventsApply = (asked: readonly string[], renews: boolean): FunctionDefinition => ({
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
    // The worker has the secrets of sources and may ask them.
    ...(renews ? [{ schedule: { rate: ["rate(1 hour)"], input: { kind: "renew-subscriptions" } } }] : []),
  ],
  calls: asked.length > 0 ? ["authing", "source-apis"] : ["authing"],
  may: [
    mayReadSecrets(authingSecret, digestsSecret, ...asked),
    mayConsume("EventsQueue", "sqs:ChangeMessageVisibility", "sqs:SendMessage"),
    may(objects("waiting/"), "s3:GetObject", "s3:PutObject"),
    // The worker parks events that cannot be decided now, and deletes a parked event that it has decided. Only waiting-bring-back,
    // operations-run and notices-digest read parked messages.
    may(objects("parked/"), "s3:PutObject", "s3:DeleteObject"),
    ...mayUseLedger,
    mayCountDepartures,
  ],
  failureMeans:
    "events wait in the queue, and people who joined, moved or left keep the accounts that they had. Nothing is lost: the queue gives each event again, for ten days and more." +
    (renews
      ? " Or a subscription of a source was not renewed, and the source may fall silent: the log names it."
      : ""),
});

// The bucket is versioned, and a notification says which version is meant.
const mayReadUploads = ["incoming/users/", "incoming/otp/", "plan/users/", "plan/otp/"].map((prefix) =>
  may(objects(prefix), "s3:GetObjectVersion"),
);
/** Reads and writes the plans, parts and results of imports. */
const mayWriteResults = [
  may(objects("results/"), "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
  // Without this right S3 answers 403 for a missing object, and the function could not tell that from a missing permission.
  may(arn("UploadsBucket"), "s3:ListBucket"),
];

/** The stored rows of imports. They are read and deleted at the version that the plan wrote, so that no copy of a secret stays. */
const mayReadRows = may(objects("rows/"), "s3:GetObjectVersion");

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
    // Keys of encrypted files.
    mayReadSecrets(uploadsSecret),
    ...mayReadUploads,
    may(objects("rows/"), "s3:PutObject", "s3:AbortMultipartUpload"),
    ...mayWriteResults,
  ],
  failureMeans:
    "an uploaded file is not read yet, and none of its people is in Authing. Nothing is lost: the file is tried again, 20 times.",
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
    mayReadSecrets(authingSecret),
    mayConsume("ChunksQueue", "sqs:SendMessage"),
    may(arn("FinishQueue"), "sqs:SendMessage"),
    ...mayUseLedger,
    mayReadRows,
    ...mayWriteResults,
  ],
  failureMeans:
    "rows of an uploaded file are not delivered yet. Nothing is lost: each chunk is tried again, and no person is created twice.",
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
    may(objects("plan/otp/"), "s3:DeleteObjectVersion"),
    may(objects("rows/"), "s3:DeleteObject", "s3:DeleteObjectVersion"),
  ],
  failureMeans:
    "the rows of an uploaded file are delivered, but summary.json and rejected.csv are not written yet. A file of TOTP secrets stays in the bucket, for a day at most.",
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
  failureMeans:
    "events that wait do not go on when they are due: a departure on a last day may be late. Nothing is lost.",
};

/**
 * @param asked As for `eventsApply`: a redriven event is completed and translated anew.
 * @param receives Whether there are webhook functions, whose logs tell of accepted and refused deliveries.
 * @param triggers The functions of sources that AWS invokes.
 */
const operationsRun = (
  asked: readonly string[],
  receives: boolean,
  triggers: readonly string[],
): FunctionDefinition => ({
  name: "operations-run",
  description:
    "Lists, redrives, releases and discards parked events, carries previews out and takes imports back; operators with the right invoke it",
  memoryMegabytes: 512,
  timeoutSeconds: 900,
  environment: {
    UPLOADS_QUEUE_URL: ref("UploadsQueue"),
    ROSTERS_QUEUE_URL: ref("RostersQueue"),
    EVENTS_QUEUE_URL: ref("EventsQueue"),
    BUCKET: ref("UploadsBucket"),
    TABLE: ref("LedgerTable"),
  },
  events: [],
  calls: asked.length > 0 ? ["authing", "source-apis"] : ["authing"],
  may: [
    mayReadSecrets(authingSecret, digestsSecret, ...asked),
    ...mayUseLedger,
    mayCountDepartures,
    // An index is a resource of its own.
    may({ "Fn::Sub": `\${LedgerTable.Arn}/index/by-person` }, "dynamodb:Query"),
    // The events that were stored during a pause go back into the queue when the pause ends.
    ...mayQueueEvents(),
    may(objects("parked/"), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    may(arn("UploadsBucket"), "s3:ListBucket"),
    // A preview that is to be carried out waits where uploaded files do; what became of it is read from its results. What an undoing has done is
    // written beside them.
    may(arn("UploadsQueue"), "sqs:SendMessage"),
    may(objects("results/"), "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"),
    ...mayBeginRosters,
    // The lines about deliveries, of which nothing else is kept, and about what became of events and files. The names of fifty logs would
    // not fit into a role.
    ...(receives ? [may(webhookLogs, "logs:FilterLogEvents")] : []),
    may(
      [refusing, ...triggers, "events-apply", uploadsPlan.name, uploadsFinish.name].map(logGroup),
      "logs:FilterLogEvents",
    ),
    // When each source was heard last. CloudWatch has no rights by metric.
    may("*", "cloudwatch:GetMetricData"),
  ],
  failureMeans: "an operator's command did not end. Webhooks, events and files are not affected.",
});

const refusing = "unclaimed-refuse";
const unclaimedRefuse = (sources: readonly string[]): FunctionDefinition => ({
  name: refusing,
  description: "Answers every path that is no webhook with the same 401 as a bad proof",
  memoryMegabytes: 128,
  timeoutSeconds: 3,
  // Names, not the configuration: with all sources in its bundle, each call of a scanner would cost more.
  environment: { SOURCES: sources.join(",") },
  events: [{ httpApi: "*" }],
  calls: [],
  may: [],
  failureMeans:
    "requests to paths that are no webhook get another answer than 401. Events and people are not affected.",
});

/**
 * Every function of a deployment with these sources, in their order.
 *
 * @param digest `undefined` where no digest is sent.
 */
export function functionDefinitions(
  sources: readonly DeployedSource[],
  digest: DigestTime | undefined,
): FunctionDefinition[] {
  const received = sources.filter(({ trigger }) => trigger === undefined);
  const invoked = sources.filter(({ trigger }) => trigger !== undefined);
  const secretsOf = (...parts: readonly ("fetch" | "list" | "renew")[]) =>
    sources
      .filter((source) => parts.some((part) => source[part] !== undefined))
      .map(({ name }) => sourceSecret(name));
  const asked = secretsOf("fetch", "renew");
  const renews = sources.some(({ renew }) => renew !== undefined);
  return [
    ...received.map(webhooks),
    ...invoked.map((source) =>
      triggerFunction(source, { environment: queueingEnvironment, may: mayQueueEvents(`${source.name}/`) }),
    ),
    eventsApply(asked, renews),
    uploadsPlan,
    uploadsRun,
    uploadsFinish,
    waitingBringBack,
    rostersRun(secretsOf("list")),
    operationsRun(asked, received.length > 0, invoked.map(triggerFunctionName)),
    watchSilence,
    watchFields,
    noticesAlarm,
    noticesDigest(digest),
    unclaimedRefuse(received.map(({ name }) => name)),
  ];
}
