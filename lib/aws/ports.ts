import { setTimeout as wait } from "node:timers/promises";
import { connectAuthing } from "#lib/authing/connect.ts";
import type { Config } from "#lib/config.ts";
import type { DeliveryPorts } from "#lib/delivery/context.ts";
import type { ApplyPorts } from "#lib/pipeline/apply.ts";
import type { ReceivePorts } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secrets.ts";
import type { Source } from "#lib/pipeline/source.ts";
import type { ImportPorts } from "#lib/uploads/run.ts";
import { dynamodbLedger } from "./ledger.ts";
import { readEnvironment } from "./environment.ts";
import { awsLog } from "./log.ts";
import { objectStore } from "./objects.ts";
import { deadLetters, eventQueue } from "./queue.ts";
import { secretLoader } from "./secrets.ts";

// What each kind of function needs of AWS, and nothing more: its role allows just this.

export function receivePorts(): ReceivePorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "EVENTS_QUEUE_URL"]);
  return { secrets: secretsOf(environment), events: eventQueue(environment.EVENTS_QUEUE_URL), log: awsLog() };
}

export function applyPorts(config: Config, sources: ReadonlyMap<string, Source>): ApplyPorts {
  const { DEAD_LETTERS_URL } = readEnvironment(["DEAD_LETTERS_URL"]);
  return {
    ...deliveryPorts(config),
    source: (name) => sources.get(name),
    translation: { region: config.region },
    deadLetters: deadLetters(DEAD_LETTERS_URL),
    log: awsLog(),
  };
}

export function importPorts(config: Config): ImportPorts {
  return {
    ...deliveryPorts(config),
    translation: { region: config.region },
    objects: objectStore(),
    log: awsLog(),
  };
}

function deliveryPorts(config: Config): DeliveryPorts {
  const environment = readEnvironment(["SERVICE", "STAGE", "TABLE"]);
  return {
    authing: connectAuthing(config.authing, secretsOf(environment)),
    ledger: dynamodbLedger(environment.TABLE),
    leavePolicy: (source) => config.sources[source]?.leave ?? "resign",
    clock: { now: Date.now, wait: (milliseconds) => wait(milliseconds), random: Math.random },
  };
}

function secretsOf({ SERVICE, STAGE }: { SERVICE: string; STAGE: string }) {
  return secretReader(secretLoader({ service: SERVICE, stage: STAGE }));
}
