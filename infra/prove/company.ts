import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { translationContext, type Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ListedPerson, Source } from "#lib/contract/source.ts";
import { meaningOf, translatedOf, type Meaning } from "#lib/pipeline/meaning.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import type { RosterMessage } from "#lib/contract/roster-queue.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";
import { receive } from "#lib/pipeline/receive.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { take } from "#lib/pipeline/take.ts";
import { invokedDelivery } from "#lib/pipeline/verified-delivery.ts";
import { applySettings, deliverySettings, rosterSettings } from "#lib/wiring/delivery-settings.ts";
import { speakingSources } from "#lib/wiring/enabled-sources.ts";
import { uploadSettings } from "#lib/wiring/upload-settings.ts";
import { deliveryOf, type WireRequest } from "#infra/fixtures/requests.ts";
import type { StoreObjects } from "#infra/store/objects.ts";
import { openStore, type Store } from "#infra/store/store.ts";
import type { EventMessage } from "#lib/contract/queue.ts";
import type { ApiAnswer, ApiRequest } from "#lib/contract/source-api.ts";
import { virtualClock } from "./clock.ts";
import { directPool } from "./pool.ts";
import { portFaults, type PortFault, type PortFaults } from "./port-faults.ts";
import { apiPort } from "./shown-api.ts";
import type { Trouble } from "./trouble.ts";
import { openWorld, type Lasting, type World } from "./world.ts";
import { storeQueue } from "./world-queue.ts";

// A world by a configuration: its own sources and settings, and the store of one machine, which is opened anew after each end of a
// process.

interface CompanyPorts extends RosterPorts, ReturnType<typeof uploadSettings> {
  readonly objects: StoreObjects;
}

interface CompanyStore extends Lasting {
  readonly store: Store;
}

export interface Company {
  readonly world: World<CompanyStore, CompanyPorts>;
  /** Of the ports of AWS, and of the sources' APIs. */
  readonly faults: readonly PortFaults[];
  /** Sends a request of a source until it is acknowledged, and queues what it says. */
  send(source: Source, request: () => WireRequest): Promise<void>;
  close(): void;
}

/** When stories begin: later than every captured time. */
export const firstMoment = Date.UTC(2026, 2, 2, 9);

const accessKey = { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" };
const enrolments = { keep: async () => {} };
/** Longer than a sender waits before it comes again. */
const senderWaitsSeconds = 30;

export interface CompanyOptions {
  readonly config: Config;
  /** The invented secrets of sources, by their names. */
  readonly secrets: ReadonlyMap<string, unknown>;
  readonly trouble: Trouble;
  readonly apiFaults: readonly PortFault[];
  /** What a source's API answers at this moment, asked about an event or for its list. */
  readonly answer: (source: string, request: ApiRequest, about: "event" | "list") => ApiAnswer;
  /** The queue of rosters gets a message. */
  readonly queueRoster: (message: RosterMessage) => void;
  /** The bucket gets an object. */
  readonly stored?: (key: string, bytes: Buffer) => void;
}

export async function openCompany({
  config,
  secrets,
  trouble,
  apiFaults,
  answer,
  queueRoster,
  stored = () => {},
}: CompanyOptions): Promise<Company> {
  const clock = virtualClock(firstMoment);
  const folder = mkdtempSync(join(tmpdir(), "prove-"));
  const sources = speakingSources(config);
  const pool = directPool(clock, trouble);
  const aws = portFaults(trouble.portFaults, clock);
  const apis = portFaults(apiFaults, clock);
  let store: Store | undefined;
  const world = await openWorld<CompanyStore, CompanyPorts>({
    clock,
    pool,
    spoil: aws.spoil,
    batchSize: trouble.batchSize,
    invocationsAtOnce: trouble.invocationsAtOnce,
    async open() {
      store?.close();
      store = await openStore(folder, { callSeconds: config.authing.timeoutSeconds, now: clock.now });
      const { ledger, parked, database } = store;
      // Processes end, and the power does not fail: nothing has to be on the disk.
      database.exec("PRAGMA synchronous = OFF");
      return { ledger, parked, store, queue: storeQueue(database, clock) };
    },
    ports({ wrap, ...given }, lasting) {
      const reader = secretReader(async (name) => {
        if (name === "digests") return { current: { key: lasting.store.digestKey() } };
        const source = /^sources\/(.+)$/.exec(name)?.[1];
        return { current: source === undefined ? accessKey : secrets.get(source) };
      }, clock.now);
      const spoilt = apis.spoil({
        answer: async (...asked: Parameters<typeof answer>) => answer(...asked),
      });
      const asked = (api: object, request: ApiRequest) => {
        const source = [...sources.values()].find(({ fetch, list }) => fetch === api || isSame(list, api));
        return spoilt.answer(source?.name ?? "", request, source?.fetch === api ? "event" : "list");
      };
      return {
        ...given,
        authing: wrap(pool.connect(reader)),
        secrets: reader,
        ...deliverySettings(config, clock),
        ...applySettings(config),
        ...uploadSettings(config, reader),
        ...rosterSettings(config),
        rosters: wrap(aws.spoil({ send: async (message: RosterMessage) => queueRoster(message) })),
        objects: wrap(aws.spoil(watched(lasting.store.objects, stored))),
        source: (name) => sources.get(name),
        translation: (name) => translationContext(config, name),
        openApi: apiPort(clock.now, asked) as ApplyPorts["openApi"],
      };
    },
  });

  async function sendOnce(source: Source, request: WireRequest): Promise<boolean> {
    const { events, log, secrets } = world.ports;
    if (!source.trigger) {
      const delivery = deliveryOf(request, clock.now());
      const reply = await receive(source, delivery, { secrets, events, enrolments, log });
      if (reply.status === 401) throw new Error(`the receiver refuses what ${source.name} has signed`);
      return reply.status < 300;
    }
    const invocation: unknown = JSON.parse(Buffer.from(request.body).toString());
    const told = invokedDelivery(source, invocation, clock.now());
    if (told) await take(source, told, { events, log });
    return true;
  }

  return {
    world,
    faults: [aws, apis],
    async send(source, request) {
      for (;;) {
        const taken = await world.alive(() => sendOnce(source, request()).catch(failed));
        if (taken === true) return;
        clock.pass(senderWaitsSeconds);
      }
    },
    close() {
      store?.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Whether this is a list, or one that asks it. */
const isSame = (list: Source["list"], api: object): boolean =>
  list !== undefined && "page" in api && api.page === list.page;

function watched(objects: StoreObjects, stored: NonNullable<CompanyOptions["stored"]>): StoreObjects {
  return {
    ...objects,
    async write(target, parts) {
      const bytes = Buffer.concat(await Array.fromAsync(parts));
      const written = await objects.write(target, onePart(bytes));
      stored(target.key, bytes);
      return written;
    },
  };
}

async function* onePart(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** What is unavailable is sent again; everything else is a defect. */
function failed(error: unknown): false {
  if (error instanceof InboundError && error.retryable) return false;
  throw error;
}

/** What an event of a source means by a configuration, where the source's API answers this. */
export async function meaningBy(
  config: Config,
  message: EventMessage,
  { source, secret }: { readonly source: Source; readonly secret: unknown },
  answer: (request: ApiRequest) => ApiAnswer,
): Promise<Meaning> {
  const now = () => firstMoment;
  const clock = { now, random: () => 0.5, wait: async () => {} };
  const ports = {
    ...applySettings(config),
    clock,
    secrets: secretReader(async () => ({ current: secret }), now),
    authing: config.authing,
    source: () => source,
    translation: (name: string) => translationContext(config, name),
    openApi: apiPort(now, async (_, request) => answer(request)),
  } as unknown as Parameters<typeof meaningOf>[1];
  return meaningOf(message, ports, firstMoment + 30_000);
}

/** What a person in a source's list means by a configuration. */
export const listedBy = (config: Config, source: Source, { subject, type, payload }: ListedPerson): Meaning =>
  translatedOf(
    source.name,
    { id: "listed", subject, type, payload, occurredAt: new Date(firstMoment).toISOString() },
    {
      ...applySettings(config),
      authing: config.authing,
      source: () => source,
      translation: (name) => translationContext(config, name),
    },
  );
