import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Context, ScheduledEvent } from "aws-lambda";
import * as z from "zod/mini";
import { AuthingSecret, connectAuthing } from "#lib/wiring/authing.ts";
import { translationContext, type Config } from "#lib/config.ts";
import type { Clock } from "#lib/contract/clock.ts";
import { applySettings, deliverySettings } from "#lib/wiring/delivery-settings.ts";
import { sourceApis } from "#lib/source-apis/source-api.ts";
import { eventQueue } from "#lib/handlers/event-queue.ts";
import { operations } from "#lib/handlers/operations.ts";
import { uploadsFinish, uploadsPlan, uploadsRun } from "#lib/handlers/uploads.ts";
import { unclaimed } from "#lib/handlers/unclaimed.ts";
import { waiting } from "#lib/handlers/waiting.ts";
import { webhook } from "#lib/handlers/webhook.ts";
import { memoryLedger, type MemoryLedger } from "./ledger.ts";
import type { Enrolment } from "#lib/contract/enrolment.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ImportQueue } from "#lib/contract/import-queue.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import type { Log } from "#lib/contract/log.ts";
import type { Parked } from "#lib/contract/parked.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { uploadSettings } from "#lib/wiring/upload-settings.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { importIdOf } from "#lib/uploads/import-id.ts";
import { kindOf, uploadPlaces } from "#lib/uploads/upload-place.ts";
import { maxUploadBytes } from "#lib/uploads/upload-size.ts";
import { startSandbox, type Sandbox, type SandboxOptions } from "#infra/sandbox/sandbox.ts";
import { httpEvent, objectCreated } from "./aws-events.ts";
import { localBucket, localObjects, type LocalObjects } from "./objects.ts";
import { AnswersFile, type RecordedAnswer } from "#infra/fixtures/cases.ts";
import { deliveryHeader, localDeliveries } from "./deliveries.ts";
import { localEventQueue, localQueue, type LocalEventQueue } from "./queue.ts";
import { noSuchRoute } from "./no-such-route.ts";
import { localParked } from "./parked.ts";
import { rememberRefusals } from "./refusals.ts";
import { serve, type Answer, type LocalRequest } from "./server.ts";

export interface StackOptions {
  readonly config: Config;
  readonly loadSecret: LoadSecret;
  /** 0 takes a free port. The sandbox listens on the next port, or on a free one. */
  readonly port: number;
  /** The host of another Authing than the sandbox. */
  readonly authingHost?: string;
  readonly sandbox?: Omit<SandboxOptions, "port" | "accessKeys">;
  readonly log: Log;
  /** Takes the answers that the sources' APIs give from now on. Absent: sources ask their real APIs. */
  readonly record?: (answers: readonly RecordedAnswer[]) => void;
}

export interface Stack {
  /** `http://localhost:<port>`. */
  readonly url: string;
  readonly authingHost: string;
  readonly sandbox: Sandbox | undefined;
  readonly ledger: MemoryLedger;
  /** The parked messages. */
  readonly parked: Parked;
  /** The bucket. */
  readonly objects: LocalObjects;
  /** Resolves when every event and file that has come in has an outcome or is parked. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** API Gateway accepts 10 MB; the function refuses a body above its own limit, as on AWS. */
const maxWebhookBytes = 10 * 1024 * 1024;
const invocationSeconds = 30;
const importSeconds = 900;

/** The whole bundle on one machine: the same handlers as on AWS, with memory for queue, ledger and bucket. */
export async function startStack({ config, loadSecret, port, ...options }: StackOptions): Promise<Stack> {
  const { log, refusals } = rememberRefusals(options.log);
  const sources = enabledSources(config);
  const secrets = secretReader(loadSecret);
  const ledger = memoryLedger();
  const objects = localObjects();
  const parked = localParked();

  const sandbox =
    options.authingHost === undefined
      ? await startSandbox({
          ...options.sandbox,
          port: port === 0 ? 0 : port + 1,
          accessKeys: [...(await secrets.read("authing", AuthingSecret))],
        })
      : undefined;
  const authingHost = options.authingHost ?? sandbox?.url ?? "";
  const clock: Clock = { now: Date.now, wait: (ms) => wait(ms), random: Math.random };
  const ports = {
    authing: connectAuthing({ ...config.authing, host: authingHost }, secrets),
    secrets,
    ...deliverySettings(config, clock),
    source: (name: string) => sources.get(name),
    parked,
    ledger,
    objects,
    log,
  };

  const queue: LocalEventQueue = localEventQueue((event) =>
    applyEvents(event, invocation(invocationSeconds)),
  );
  const applyPorts = {
    ...ports,
    events: queue,
    translation: (source: string) => translationContext(config, source),
    openApi: sourceApis(clock),
    ...applySettings(config),
  };
  const runOperation = operations(() => ({
    ...applyPorts,
    sources: [...sources.keys()],
    refusals,
    imports: {
      objects,
      bucket: localBucket,
      uploads: {
        send: async (message) => uploadsQueue.send([{ group: message.import, body: message }]),
      },
      ...uploadSettings(config, secrets),
    },
  }));
  const applyEvents = eventQueue(() => ({ ...applyPorts, queue }));
  const bringBack = waiting(() => ({ parked, events: queue, clock, log }));
  const schedule = setInterval(
    () => void bringBack({} as ScheduledEvent, invocation(invocationSeconds)),
    1000,
  );
  schedule.unref();
  const enrolments = new Map<string, Enrolment>();
  const receivePorts = {
    secrets,
    enrolments: { keep: async (each: Enrolment) => void enrolments.set(each.source, each) },
    log,
  };
  const deliveries = localDeliveries(ledger);

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
  // The same concurrency as in infra/aws/functions.ts.
  const one = { isFifo: false, batchSize: 1 };
  const uploadsQueue = localQueue((event) => planUploads(event, invocation(importSeconds)), {
    ...one,
    name: "uploads",
    batchesAtOnce: 2,
  });
  const chunksQueue = localQueue((event) => runChunks(event, invocation(importSeconds)), {
    ...one,
    name: "chunks",
    batchesAtOnce: 3,
  });
  const finishQueue = localQueue((event) => finishImports(event, invocation(importSeconds)), {
    ...one,
    name: "finish",
    batchesAtOnce: 2,
  });
  const queues = [queue, uploadsQueue, chunksQueue, finishQueue];

  async function receive([name = "", ...rest]: readonly string[], request: LocalRequest): Promise<Answer> {
    // An unknown path is answered as a bad proof is: a stranger cannot find out which paths exist.
    const source = sources.get(name);
    const isRouted = rest.length === 0 || (rest.length === 1 && source?.proof.readsPathToken);
    if (!source || !isRouted) return noRoute(request);
    const { id, events } = deliveries.open(queue);
    const handler = webhook(source, () => ({ ...receivePorts, events }));
    const answer = await handler(httpEvent(request), invocation(invocationSeconds));
    return {
      status: answer.statusCode ?? 200,
      headers: { ...(answer.headers as Record<string, string>), [deliveryHeader]: id },
      body: answer.body,
    };
  }

  /** As on AWS; and the developer, whose machine this is, is told which path it was. */
  async function noRoute(request: LocalRequest): Promise<Answer> {
    log.warn(noSuchRoute(request, [...sources.keys()]));
    const answer = await refuseUnclaimed(httpEvent(request), invocation(invocationSeconds));
    return { status: answer.statusCode };
  }

  function upload(key: string, { body, headers, url }: LocalRequest): Answer {
    // As in the bucket: a file in a folder that is no source's is stored; its results then say that it is refused.
    if (kindOf({ key }) === undefined) return { status: 404, body: { error: uploadPlaces } };
    const object = objects.put(key, body, headers["content-type"] ?? "application/octet-stream");
    uploadsQueue.send([{ group: key, body: objectCreated(object) }]);
    const results = `/uploads/results/${encodeURIComponent(importIdOf(object))}/summary.json`;
    return {
      status: 202,
      headers: { location: results },
      body: {
        import: importIdOf(object),
        results: new URL(results, `http://${headers["host"] ?? url.host}`).href,
      },
    };
  }

  function results(key: string): Answer {
    if (key.endsWith("/")) return { status: 200, body: { keys: objects.keys(key) } };
    const object = objects.get(key);
    return object
      ? { status: 200, headers: { "content-type": object.contentType }, body: object.bytes }
      : {
          status: 404,
          body: {
            error:
              "no such result, or not yet: results are written when the import ends; progress.json beside them says when",
          },
        };
  }

  async function operation(body: Buffer): Promise<Answer> {
    try {
      const request: unknown = JSON.parse(body.toString());
      return { status: 200, body: await runOperation(request, invocation(importSeconds)) };
    } catch (error) {
      const told = error instanceof InboundError || error instanceof SyntaxError;
      return { status: told ? 400 : 500, body: { error: told ? error.message : "unknown" } };
    }
  }

  /** The answers that the sources' APIs give from now on. `npm run send` brings those of a case. */
  function recordAnswers(body: Buffer): Answer {
    if (!options.record) return { status: 409, body: { error: "sources ask their own APIs here" } };
    const answers = z.safeParse(AnswersFile, parseJson(body));
    if (!answers.success) return { status: 400, body: { error: "write answers as in answers.json" } };
    options.record(answers.data);
    return { status: 204 };
  }

  /** The enrolment of a source: `npm run enrol` reads it and deletes it. */
  function enrolment(source: string, method: string): Answer {
    const kept = enrolments.get(source);
    if (method === "DELETE") enrolments.delete(source);
    return kept ? { status: 200, body: kept } : { status: 404, body: { error: "nothing is kept" } };
  }

  async function person(externalId: string): Promise<Answer> {
    const known = await ledger.person(externalId);
    const events = await ledger.events(externalId, 100);
    if (!known && events.length === 0) {
      return {
        status: 404,
        body: { error: "no person with this externalId is known; GET /events lists what has come in" },
      };
    }
    return { status: 200, body: { externalId, ...known, events } };
  }

  const server = await serve(
    port,
    (method) => (method === "PUT" ? maxUploadBytes : maxWebhookBytes),
    async (request) => {
      const { method, url } = request;
      const [, first = "", ...rest] = url.pathname.split("/").map(decodeSegment);
      const read = method === "GET" || method === "HEAD";
      if (first === "webhooks") return receive(rest, request);
      if (first === "uploads" && method === "PUT") return upload(rest.join("/"), request);
      if (first === "uploads" && read && rest[0] === "results") return results(rest.join("/"));
      if (first === "enrolments" && rest.length === 1) return enrolment(rest[0] ?? "", method);
      if (first === "operations" && method === "POST") return operation(request.body);
      if (first === "recorded-answers" && method === "PUT") return recordAnswers(request.body);
      if (first === "deliveries" && read && rest.length === 1) {
        const delivered = deliveries.eventsOf(rest[0] ?? "");
        return delivered
          ? { status: 200, body: delivered }
          : { status: 404, body: { error: "no such delivery" } };
      }
      if (first === "healthz" && read)
        return { status: 200, body: { status: "ok", stack: "laptop", waiting: queue.length } };
      if (first === "events" && read) return { status: 200, body: { events: ledger.recent(1000) } };
      if (first === "people" && read && rest.length === 1) return person(rest[0] ?? "");
      return noRoute(request);
    },
  ).catch(async (error: unknown) => {
    await sandbox?.close();
    throw error;
  });

  return {
    url: `http://localhost:${server.port}`,
    authingHost,
    sandbox,
    ledger,
    parked,
    objects,
    async settled() {
      while (queues.some(({ length }) => length > 0)) {
        await Promise.all(queues.map((each) => each.idle()));
      }
    },
    async close() {
      clearInterval(schedule);
      for (const each of queues) each.close();
      await server.close();
      await sandbox?.close();
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

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
