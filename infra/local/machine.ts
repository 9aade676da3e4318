import { localBucket } from "#infra/store/objects.ts";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Context, ScheduledEvent } from "aws-lambda";
import { translationContext, type Config } from "#lib/config.ts";
import type { Clock } from "#lib/contract/clock.ts";
import { reasonOf } from "#lib/contract/errors.ts";
import type { ImportQueue } from "#lib/contract/import-queue.ts";
import type { Log } from "#lib/contract/log.ts";
import type { ObjectReference } from "#lib/contract/objects.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import type { Source } from "#lib/contract/source.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { operations, type OperationRequest } from "#lib/handlers/operations.ts";
import { unclaimed } from "#lib/handlers/unclaimed.ts";
import { trigger } from "#lib/handlers/trigger.ts";
import { withRenewals } from "#lib/handlers/renewals.ts";
import { rostersRun, type StartMessage } from "#lib/handlers/rosters.ts";
import { uploadsFinish, uploadsPlan, uploadsRun } from "#lib/handlers/uploads.ts";
import { waiting } from "#lib/handlers/waiting.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { connectAuthing } from "#lib/wiring/authing.ts";
import { applySettings, deliverySettings, rosterSettings } from "#lib/wiring/delivery-settings.ts";
import { uploadSettings } from "#lib/wiring/upload-settings.ts";
import { enabledSources, speakingSources } from "#lib/wiring/enabled-sources.ts";
import { rememberRecent } from "#infra/store/recent.ts";
import { rememberRefusals } from "#infra/store/refusals.ts";
import type { Store } from "#infra/store/store.ts";
import { httpEvent, objectCreated } from "./aws-events.ts";
import { localDeliveries, type LocalDeliveries } from "./deliveries.ts";
import { localEventQueue, localQueue } from "./queue.ts";
import { isRoster } from "#lib/rosters/roster-place.ts";
import { rosterSchedules } from "./roster-schedules.ts";
import { scheduled } from "./schedule.ts";
import type { Answer, LocalRequest } from "./server.ts";

export interface MachineOptions {
  /** `authing.host` is the Authing that is called. */
  readonly config: Config;
  readonly loadSecret: LoadSecret;
  readonly store: Store;
  readonly log: Log;
  /** Whether a retried event waits as long as the worker asks for: `localEventQueue`. */
  readonly isPatient: boolean;
  /** Whether everybody in the deliveries is invented: then the latest ones are kept whole, in memory. Default false. */
  readonly isInvented?: boolean;
}

/** All functions of the bundle on one machine: each gets its events from here, as it would get them from AWS. */
export interface Machine {
  readonly sources: ReadonlyMap<string, Source>;
  readonly log: Log;
  /** A delivery: `path` is what stands behind `/webhooks/`. `undefined` where no source has this path. */
  receive(path: readonly string[], request: LocalRequest): Promise<Answer> | undefined;
  /** An invocation, as AWS makes it, with the event as its JSON: `path` is what stands behind `/triggers/`. `undefined` where AWS invokes no such source. */
  invoke(path: readonly string[], request: LocalRequest): Promise<Answer> | undefined;
  /** The answer to a request without a route: the same as to a bad proof. */
  refuse(request: LocalRequest): Promise<Answer>;
  /** Carries out an operator's operation. Throws what it throws. */
  operate(request: OperationRequest): Promise<unknown>;
  /** An object was written under `incoming/`. */
  uploaded(object: ObjectReference): void;
  /** The latest deliveries. */
  readonly deliveries: Pick<LocalDeliveries, "find" | "ofEvent" | "after">;
  /** Messages that wait or are in work, in all queues. */
  readonly waiting: number;
  /** Messages that were received too often. */
  readonly dead: number;
  /** Resolves when every event and file that has come in has an outcome or is parked. */
  settled(): Promise<void>;
  /** Takes no more messages. Resolves to whether everything in work has ended within so many seconds. */
  close(drainSeconds: number): Promise<boolean>;
}

/** API Gateway accepts 10 MB; the function refuses a body above its own limit, as on AWS. */
export const maxWebhookBytes = 10 * 1024 * 1024;

const invocationSeconds = 30;
/** What is left of a chunk is handed over after this time, so that a machine that is stopped waits for a minute at most. */
const importSeconds = 60;
/** An operator may redrive or release thousands of messages at once. */
const operationSeconds = 900;
const sweepSeconds = 3600;
const renewSeconds = 3600;
/** How often it is looked whether a source is to be compared. */
const rosterSeconds = 20;

/** Runs the bundle on one machine: the same handlers as on AWS, with a store in place of queues, ledger and bucket. */
export function startMachine({
  config,
  loadSecret,
  store,
  isPatient,
  isInvented = false,
  ...options
}: MachineOptions): Machine {
  const { database, ledger, objects, parked } = store;
  const { log: refusalLog, refusals } = rememberRefusals(options.log, database);
  const { log, recent } = rememberRecent(refusalLog, database);
  const sources = enabledSources(config);
  const speaking = speakingSources(config);
  const digests = { current: { key: store.digestKey() } };
  const secrets = secretReader(async (name) => (name === "digests" ? digests : loadSecret(name)));
  const clock: Clock = { now: Date.now, wait: (ms) => wait(ms), random: Math.random };
  const ports = {
    authing: connectAuthing(config.authing, secrets),
    secrets,
    ...deliverySettings(config, clock),
    source: (name: string) => speaking.get(name),
    parked,
    ledger,
    objects,
    log,
  };

  const queue = localEventQueue(database, (event) => applyEvents(event, invocation(invocationSeconds)), {
    isPatient,
    log,
  });
  const applyPorts = {
    ...ports,
    events: queue,
    translation: (source: string) => translationContext(config, source),
    openApi: sourceApis(clock),
    ...applySettings(config),
  };
  const applyEvents = eventQueue(() => ({ ...applyPorts, queue }));
  const renew = withRenewals(applyEvents, () => ({ ...applyPorts, sources }));
  const rosterPorts = {
    ...applyPorts,
    ...rosterSettings(config),
    ...uploadSettings(config, secrets),
    objects,
    bucket: localBucket,
    rosters: {
      send: async (message: RosterMessage) => rostersQueue.send([{ group: message.source, body: message }]),
    },
  };
  const runRosters = rostersRun(() => rosterPorts);
  const runOperation = operations(() => ({
    ...rosterPorts,
    sources: [...speaking.keys()],
    switchedOn: speaking,
    refusals,
    recent,
    heard: recent,
    imports: {
      objects,
      bucket: localBucket,
      uploads: {
        send: async (message) => uploadsQueue.send([{ group: message.import, body: message }]),
      },
      ...uploadSettings(config, secrets),
    },
  }));
  const bringBack = waiting(() => ({ parked, events: queue, clock, log }));
  const deliveries = localDeliveries({ ledger, queue, log, keepsWhole: isInvented });
  const refuseUnclaimed = unclaimed(() => ({ sources: [...sources.keys()], log }));

  const importQueue: ImportQueue = {
    async send(messages) {
      for (const message of messages) {
        const to = message.kind === "chunk" ? chunksQueue : finishQueue;
        to.send([{ group: message.import, body: message }]);
      }
    },
  };
  const importPorts = {
    ...ports,
    queue: importQueue,
    ...uploadSettings(config, secrets),
    sources: [...sources.keys()],
  };
  const planUploads = uploadsPlan(() => importPorts);
  const runChunks = uploadsRun(() => importPorts);
  const finishImports = uploadsFinish(() => importPorts);
  // The numbers of infra/aws/functions.ts and queues.yml.
  const one = { isFifo: false, batchSize: 1, log };
  const uploadsQueue = localQueue(database, (event) => planUploads(event, invocation(importSeconds)), {
    ...one,
    name: "uploads",
    batchesAtOnce: 2,
    maxReceives: 20,
  });
  const chunksQueue = localQueue(database, (event) => runChunks(event, invocation(importSeconds)), {
    ...one,
    name: "chunks",
    batchesAtOnce: 3,
    maxReceives: 1000,
  });
  const finishQueue = localQueue(database, (event) => finishImports(event, invocation(importSeconds)), {
    ...one,
    name: "finish",
    batchesAtOnce: 2,
    maxReceives: 20,
  });
  const rostersQueue = localQueue(database, (event) => runRosters(event, invocation(importSeconds)), {
    ...one,
    name: "rosters",
    batchesAtOnce: 2,
    maxReceives: 1000,
  });
  const queues = [queue, uploadsQueue, chunksQueue, finishQueue, rostersQueue];

  const failed = (message: string) => (error: unknown) => log.error(message, { reason: reasonOf(error) });
  const schedules = [
    // Each second, in place of AWS's minute: it costs one look into an index.
    scheduled(
      1,
      () => bringBack({} as ScheduledEvent, invocation(invocationSeconds)),
      failed("schedule failed"),
    ),
    ...rosterSchedules(config, (source) => {
      rostersQueue.send([{ group: source, body: { kind: "start-roster", source } satisfies StartMessage }]);
    }).map((begin) => scheduled(rosterSeconds, async () => begin(Date.now()), failed("schedule failed"))),
    scheduled(1, async () => recent.count(), failed("schedule failed")),
    scheduled(sweepSeconds, () => store.sweep(config), failed("sweep failed")),
    scheduled(
      renewSeconds,
      () => renew({ kind: "renew-subscriptions" }, invocation(invocationSeconds)),
      failed("schedule failed"),
    ),
  ];

  return {
    sources,
    log,
    receive([name = "", ...rest], request) {
      const source = sources.get(name);
      const isRouted = rest.length === 0 || (rest.length === 1 && source?.proof.readsPathToken);
      if (!source || source.trigger || !isRouted) return undefined;
      return deliveries.receive(name, request, async (open) => {
        const handler = webhook(source, () => ({ secrets, enrolments: store.enrolments, ...open }));
        const answer = await handler(httpEvent(request), invocation(invocationSeconds));
        return {
          status: answer.statusCode ?? 200,
          headers: { ...(answer.headers as Record<string, string>) },
          body: answer.body,
        };
      });
    },
    invoke([name = "", ...rest], request) {
      const source = sources.get(name);
      if (!source?.trigger || rest.length > 0) return undefined;
      return deliveries.receive(name, request, async (open) => {
        const said = parsed(request.body);
        return { status: 200, body: await trigger(source, () => open)(said, invocation(invocationSeconds)) };
      });
    },
    async refuse(request) {
      const answer = await refuseUnclaimed(httpEvent(request), invocation(invocationSeconds));
      return { status: answer.statusCode };
    },
    operate: (request) => runOperation(request, invocation(operationSeconds)),
    uploaded(object) {
      const to = isRoster(object) ? rostersQueue : uploadsQueue;
      to.send([{ group: object.key, body: objectCreated(object) }]);
    },
    deliveries,
    get waiting() {
      return queues.reduce((sum, { length }) => sum + length, 0);
    },
    get dead() {
      return queues.reduce((sum, { dead }) => sum + dead, 0);
    },
    async settled() {
      while (queues.some(({ length }) => length > 0)) {
        await Promise.all(queues.map((each) => each.idle()));
      }
    },
    async close(drainSeconds) {
      recent.count();
      const ended = Promise.all([...schedules, ...queues].map((each) => each.close())).then(() => true);
      const isLate = new AbortController();
      const late = wait(drainSeconds * 1000, false, { signal: isLate.signal });
      return Promise.race([ended, late]).finally(() => {
        late.catch(() => {});
        isLate.abort();
      });
    },
  };
}

function invocation(seconds: number): Context {
  const endsAt = Date.now() + seconds * 1000;
  return {
    awsRequestId: randomUUID(),
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
  } as Context;
}

/** The value of a body of JSON; `undefined` where it is none. */
export function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
