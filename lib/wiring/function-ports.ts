import { setTimeout as wait } from "node:timers/promises";
import { connectAuthing } from "./authing.ts";
import { timeZoneOf, translationContext, type Config } from "#lib/config.ts";
import type { Clock } from "#lib/contract/clock.ts";
import type { DeliveryPorts } from "#lib/delivery/context.ts";
import { applySettings, deliverySettings, rosterSettings } from "./delivery-settings.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import type { OperationPorts } from "#lib/handlers/operations.ts";
import type { RosterRunPorts } from "#lib/handlers/rosters.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import type { EventQueuePorts } from "#lib/handlers/event-queue.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ReceivePorts } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import type { Source } from "#lib/contract/source.ts";
import type { TriggerPorts } from "#lib/handlers/trigger.ts";
import type { UnclaimedPorts } from "#lib/handlers/unclaimed.ts";
import type { WaitingPorts } from "#lib/handlers/waiting.ts";
import type { AlarmPorts, DigestPorts } from "#lib/handlers/notices.ts";
import type { SilencePorts } from "#lib/watch/deliveries.ts";
import type { FieldsPorts } from "#lib/watch/filled-days.ts";
import type { PlanPorts } from "#lib/uploads/plan.ts";
import type { RunPorts } from "#lib/uploads/run.ts";
import type { FinishPorts } from "#lib/uploads/finish.ts";
import { cloudWatchDeliveries } from "#lib/aws/delivery-history.ts";
import { objectEnrolments } from "#lib/aws/enrolments.ts";
import { filledFieldsLog } from "#lib/aws/filled-fields-log.ts";
import { dynamodbLedger } from "#lib/aws/ledger.ts";
import { readEnvironment } from "#lib/aws/environment.ts";
import { awsLog } from "#lib/aws/log.ts";
import { cloudwatchNumbers } from "#lib/aws/numbers.ts";
import { objectStore } from "#lib/aws/objects.ts";
import { eventQueue, importQueue, queueReader, rosterQueue, uploadQueue } from "#lib/aws/queue.ts";
import { loggedRecent } from "#lib/aws/recent.ts";
import { secretLoader } from "#lib/aws/secret-loader.ts";
import { loggedRefusals } from "#lib/aws/refusals.ts";
import { rowSettings, uploadSettings } from "./upload-settings.ts";
import { parkedObjects } from "#lib/aws/parked.ts";

const clock: Clock = { now: Date.now, wait: (milliseconds) => wait(milliseconds), random: Math.random };

// What each kind of function needs of AWS, and nothing more: its role allows just this (infra/aws/functions.ts).

export function receivePorts(): ReceivePorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "EVENTS_QUEUE_URL", "BUCKET"]);
  const { EVENTS_QUEUE_URL, BUCKET } = environment;
  return {
    secrets: secretsOf(environment),
    events: eventQueue({ url: EVENTS_QUEUE_URL, bucket: BUCKET }),
    enrolments: objectEnrolments(BUCKET),
    log: logOf(environment),
  };
}

export function triggerPorts(): TriggerPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "EVENTS_QUEUE_URL", "BUCKET"]);
  const { EVENTS_QUEUE_URL, BUCKET } = environment;
  return { events: eventQueue({ url: EVENTS_QUEUE_URL, bucket: BUCKET }), log: logOf(environment) };
}

export function eventQueuePorts(config: Config, sources: ReadonlyMap<string, Source>): EventQueuePorts {
  const { EVENTS_QUEUE_URL, BUCKET } = readEnvironment(["EVENTS_QUEUE_URL", "BUCKET"]);
  return {
    ...applyPorts(config, sources),
    queue: queueReader({ url: EVENTS_QUEUE_URL, bucket: BUCKET }),
  };
}

function applyPorts(config: Config, sources: ReadonlyMap<string, Source>): ApplyPorts {
  const { BUCKET, TABLE, EVENTS_QUEUE_URL } = readEnvironment(["BUCKET", "TABLE", "EVENTS_QUEUE_URL"]);
  return {
    ...deliveryPorts(config),
    ...applySettings(config),
    source: (name) => sources.get(name),
    translation: (source) => translationContext(config, source),
    openApi: sourceApis(clock),
    parked: parkedObjects({ bucket: BUCKET, table: TABLE }),
    events: eventQueue({ url: EVENTS_QUEUE_URL, bucket: BUCKET }),
  };
}

export function operationPorts(config: Config, sources: ReadonlyMap<string, Source>): OperationPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "BUCKET", "UPLOADS_QUEUE_URL"]);
  const { SERVICE, STAGE, BUCKET, UPLOADS_QUEUE_URL } = environment;
  const names = { service: SERVICE, stage: STAGE };
  // A source that has only rosters has no function.
  const delivering = [...sources.values()].filter(({ name }) => !config.sources[name]?.rosterOnly);
  const received = delivering.flatMap(({ name, trigger }) => (trigger ? [] : [name]));
  return {
    ...rosterPorts(config, sources),
    sources: [...sources.keys()],
    switchedOn: sources,
    refusals: loggedRefusals({ ...names, sources: received }),
    recent: loggedRecent({
      ...names,
      receiving: new Map(
        delivering.map(({ name, trigger }) => [name, `${trigger ? "triggers" : "webhooks"}-${name}`]),
      ),
    }),
    heard: cloudWatchDeliveries(names),
    imports: {
      objects: objectStore(),
      bucket: BUCKET,
      uploads: uploadQueue(UPLOADS_QUEUE_URL),
      ...uploadSettings(config, secretsOf(environment)),
    },
  };
}

export function rosterPorts(config: Config, sources: ReadonlyMap<string, Source>): RosterRunPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "BUCKET", "ROSTERS_QUEUE_URL"]);
  const { reading, rows } = uploadSettings(config, secretsOf(environment));
  return {
    ...applyPorts(config, sources),
    ...rosterSettings(config),
    reading,
    rows,
    objects: objectStore(),
    rosters: rosterQueue(environment.ROSTERS_QUEUE_URL),
    bucket: environment.BUCKET,
  };
}

export function unclaimedPorts(): UnclaimedPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "SOURCES"]);
  return {
    sources: environment.SOURCES.split(",").filter((name) => name !== ""),
    log: logOf(environment),
  };
}

export function waitingPorts(): WaitingPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "BUCKET", "TABLE", "EVENTS_QUEUE_URL"]);
  const { BUCKET, TABLE, EVENTS_QUEUE_URL } = environment;
  return {
    parked: parkedObjects({ bucket: BUCKET, table: TABLE }),
    events: eventQueue({ url: EVENTS_QUEUE_URL, bucket: BUCKET }),
    clock,
    log: logOf(environment),
  };
}

export function silencePorts(config: Config): SilencePorts {
  const environment = readEnvironment(["SERVICE", "STAGE"]);
  const names = { service: environment.SERVICE, stage: environment.STAGE };
  return {
    deliveries: cloudWatchDeliveries(names),
    silence: new Map(
      Object.entries(config.sources).flatMap(([source, { silence, rosterOnly }]) =>
        rosterOnly ? [] : [[source, silence] as const],
      ),
    ),
    timeZone: timeZoneOf(config),
    clock,
    log: logOf(environment),
  };
}

export function fieldsPorts(config: Config): FieldsPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "BUCKET", "EVENTS_LOG_GROUP"]);
  return {
    filled: filledFieldsLog(environment.EVENTS_LOG_GROUP),
    objects: objectStore(),
    bucket: environment.BUCKET,
    sources: Object.keys(config.sources),
    clock,
    log: logOf(environment),
  };
}

export function planPorts(config: Config): PlanPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "CHUNKS_QUEUE_URL"]);
  const { CHUNKS_QUEUE_URL } = environment;
  return {
    ...finishPorts(),
    // Planning queues chunks only: the last chunk asks for the finish.
    queue: importQueue({ chunks: CHUNKS_QUEUE_URL }),
    ...uploadSettings(config, secretsOf(environment)),
    sources: Object.keys(config.sources),
  };
}

export function runPorts(config: Config): RunPorts {
  const { CHUNKS_QUEUE_URL, FINISH_QUEUE_URL } = readEnvironment(["CHUNKS_QUEUE_URL", "FINISH_QUEUE_URL"]);
  return {
    ...deliveryPorts(config),
    ...rowSettings(config),
    objects: objectStore(),
    queue: importQueue({ chunks: CHUNKS_QUEUE_URL, finish: FINISH_QUEUE_URL }),
  };
}

export function finishPorts(): FinishPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "TABLE"]);
  return {
    ledger: dynamodbLedger(environment.TABLE),
    objects: objectStore(),
    clock,
    log: logOf(environment),
  };
}

export function alarmPorts({ notices: { language }, ...config }: Config): AlarmPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "REGION"]);
  const { SERVICE, STAGE, REGION } = environment;
  return {
    secrets: secretsOf(environment),
    settings: { service: SERVICE, stage: STAGE, region: REGION, language, timeZone: timeZoneOf(config) },
    clock,
    log: logOf(environment),
  };
}

export function digestPorts(config: Config): DigestPorts {
  const { settings, ...ports } = alarmPorts(config);
  const { BUCKET, TABLE } = readEnvironment(["BUCKET", "TABLE"]);
  return {
    ...ports,
    settings: { ...settings, bucket: BUCKET },
    sources: Object.keys(config.sources).toSorted(),
    numbers: cloudwatchNumbers(settings),
    parked: parkedObjects({ bucket: BUCKET, table: TABLE }),
  };
}

function deliveryPorts(config: Config): DeliveryPorts & { secrets: SecretReader } {
  const environment = readEnvironment(["SERVICE", "STAGE", "TABLE"]);
  const secrets = secretsOf(environment);
  return {
    secrets,
    authing: connectAuthing(config.authing, secrets),
    ledger: dynamodbLedger(environment.TABLE),
    log: logOf(environment),
    ...deliverySettings(config, clock),
  };
}

interface Names {
  readonly SERVICE: string;
  readonly STAGE: string;
}

function secretsOf({ SERVICE, STAGE }: Names): SecretReader {
  return secretReader(secretLoader({ service: SERVICE, stage: STAGE }));
}

function logOf({ SERVICE, STAGE }: Names): Log {
  return awsLog({ service: SERVICE, stage: STAGE });
}
