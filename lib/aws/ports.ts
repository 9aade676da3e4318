import { setTimeout as wait } from "node:timers/promises";
import { connectAuthing } from "#lib/authing/connect.ts";
import { translationContext, type Config } from "#lib/config.ts";
import type { Clock, DeliveryPorts } from "#lib/delivery/context.ts";
import { deliverySettings } from "#lib/delivery/settings.ts";
import { sourceApis } from "#lib/http/source-api.ts";
import type { OperationPorts } from "#lib/operations/operations.ts";
import type { ApplyPorts } from "#lib/pipeline/apply.ts";
import type { ReceivePorts } from "#lib/pipeline/receive.ts";
import { secretReader, type SecretReader } from "#lib/pipeline/secrets.ts";
import type { Source } from "#lib/pipeline/source.ts";
import type { ImportPorts } from "#lib/uploads/run.ts";
import { dynamodbLedger } from "./ledger.ts";
import { readEnvironment } from "./environment.ts";
import { awsLog } from "./log.ts";
import { objectStore } from "./objects.ts";
import { eventQueue } from "./queue.ts";
import { secretLoader } from "./secrets.ts";
import { objectShelf } from "./shelf.ts";

const clock: Clock = { now: Date.now, wait: (milliseconds) => wait(milliseconds), random: Math.random };

// What each kind of function needs of AWS, and nothing more: its role allows just this.

export function receivePorts(): ReceivePorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "EVENTS_QUEUE_URL"]);
  return { secrets: secretsOf(environment), events: eventQueue(environment.EVENTS_QUEUE_URL), log: awsLog() };
}

export function applyPorts(config: Config, sources: ReadonlyMap<string, Source>): ApplyPorts {
  const { BUCKET } = readEnvironment(["BUCKET"]);
  return {
    ...deliveryPorts(config),
    source: (name) => sources.get(name),
    translation: (source) => translationContext(config, source),
    openApi: sourceApis(clock),
    shelf: objectShelf(BUCKET),
    log: awsLog(),
  };
}

export function operationPorts(config: Config, sources: ReadonlyMap<string, Source>): OperationPorts {
  return { ...applyPorts(config, sources), readable: (name) => sources.get(name) };
}

export function importPorts(config: Config): ImportPorts {
  return {
    ...deliveryPorts(config),
    translation: translationContext(config, "uploads"),
    objects: objectStore(),
    log: awsLog(),
  };
}

function deliveryPorts(config: Config): DeliveryPorts & { secrets: SecretReader } {
  const environment = readEnvironment(["SERVICE", "STAGE", "TABLE"]);
  const secrets = secretsOf(environment);
  return {
    secrets,
    authing: connectAuthing(config.authing, secrets),
    ledger: dynamodbLedger(environment.TABLE),
    ...deliverySettings(config, clock),
  };
}

function secretsOf({ SERVICE, STAGE }: { SERVICE: string; STAGE: string }) {
  return secretReader(secretLoader({ service: SERVICE, stage: STAGE }));
}
