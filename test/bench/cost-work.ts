import { randomUUID } from "node:crypto";
import { webhook as webhookHandler } from "#lib/handlers/webhook.ts";
import { dynamodbLedger } from "#lib/aws/ledger.ts";
import { objectStore } from "#lib/aws/objects.ts";
import { parkedObjects } from "#lib/aws/parked.ts";
import { eventQueue, importQueue } from "#lib/aws/queue.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import type { QueuedMessage } from "#lib/contract/queue.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import config from "#config";
import clerk from "#lib/sources/clerk/index.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { planImport } from "#lib/uploads/plan.ts";
import { runChunk } from "#lib/uploads/run.ts";
import { readStory } from "#infra/fixtures/stories.ts";
import { virtualClock } from "#infra/prove/clock.ts";
import { directPool } from "#infra/prove/pool.ts";
import { accessKey, day, openWorld } from "../delivery/world.ts";
import { uploadPorts } from "../uploads/upload-ports.ts";
import { httpEvent, invocation, signingSecret, userCreated } from "./deliveries.ts";
import type { Stage } from "./moto-server.ts";
import { tellOfPeople, unchangedRoster } from "./unchanged-roster.ts";

// The work whose cost is counted, with the ports of lib/aws and Authing's sandbox.

/** Work that has been done so many times, how long it took in our process and on the server, and how often it called Authing. */
export interface Worked {
  readonly times: number;
  readonly milliseconds: number;
  readonly authingCalls: number;
  /** Messages of the queue: the poller of Lambda receives and deletes each. */
  readonly received: number;
}

const log = { info() {}, warn() {}, error() {} };
const kinds = ["joiner", "mover", "leaver"] as const;
export type Kind = (typeof kinds)[number];

/** The story of a source: one joiner, one mover and one leaver; nothing where the vendor does not tell of all of them. */
function storyOf(source: string): readonly QueuedMessage[] {
  const events = readStory(source).flatMap(({ golden: [event] = [] }) =>
    event && "changes" in event ? event : [],
  );
  // One without a joiner begins with an account that is there.
  if (events.length !== kinds.length || events[0]?.changes[0]?.kind !== "create") return [];
  return events.map(({ type, subject, occurredAt, changes }) => ({
    kind: "event",
    source,
    event: { id: randomUUID(), subject, type, occurredAt, payload: { changes } },
    reception: { receivedAt: new Date(day).toISOString(), proof: "hmac-sha256" },
  }));
}

/** Applies the stories of the sources of the configuration, each with a pool of its own; `told` is called after each event. */
export async function applyStories(
  { table }: Stage,
  told: (kind: Kind, worked: Worked) => void,
): Promise<void> {
  for (const name of Object.keys(config.sources)) {
    const world = await openWorld({
      makeLedger: (now) => dynamodbLedger(table, now),
      direct: true,
      people: "own",
    });
    for (const [index, message] of storyOf(name).entries()) {
      const before = { at: performance.now(), calls: world.pool.requests.length };
      await world.deliver([message]);
      const milliseconds = performance.now() - before.at;
      const authingCalls = world.pool.requests.length - before.calls;
      told(kinds[index]!, { times: 1, milliseconds, authingCalls, received: 1 });
      if (!world.log.at(-1)?.includes('"outcome":"accepted"')) throw new TypeError(world.log.at(-1));
    }
    await world.close();
  }
}

/** Receives so many deliveries of one event each. */
export async function receiveWebhooks({ events, bucket }: Stage, times: number): Promise<Worked> {
  const secrets = secretReader(async () => ({ current: { signingSecret } }));
  const ports = {
    secrets,
    events: eventQueue({ url: events, bucket }),
    enrolments: { keep: async () => {} },
    log,
  };
  const handler = webhookHandler(clerk, () => ports);
  const body = userCreated(1024);
  const before = performance.now();
  for (let time = 0; time < times; time += 1) {
    const { headers } = clerk.proof.sign(body, { signingSecret }, { now: Date.now(), id: `msg_${time}` });
    const answer = await handler({ ...httpEvent({ ...headers }), body: body.toString() }, invocation);
    if ((answer as { statusCode?: number }).statusCode !== 202) throw new TypeError("not accepted");
  }
  return { times, milliseconds: performance.now() - before, authingCalls: 0, received: 0 };
}

/** Imports so many people from a CSV file. */
export async function importRows({ table, bucket, chunks, finish }: Stage, rows: number): Promise<Worked> {
  const clock = virtualClock(day);
  const objects = objectStore();
  const key = "incoming/users/people.csv";
  const lines = Array.from(
    { length: rows },
    (_, row) => `E-${row},张三 ${row},p${row}@example.com,杭州,工程师\n`,
  );
  const bytes = Buffer.from(`external id,name,email,city,title\n${lines.join("")}`);
  const parts = async function* () {
    yield bytes;
  };
  const { versionId } = await objects.write({ bucket, key, contentType: "text/csv" }, parts());
  const waiting: ImportMessage[] = [];
  const queue = importQueue({ chunks, finish });
  const pool = directPool(clock, {});
  const secrets = secretReader(async () => ({ current: accessKey }), clock.now);
  const held = <Port extends object>(port: Port): Port =>
    Object.fromEntries(
      Object.entries(port).map(([name, call]) => [
        name,
        (...given: unknown[]) => clock.during(call(...given)),
      ]),
    ) as Port;
  const ports = {
    ledger: held(dynamodbLedger(table, clock.now)),
    objects,
    queue: {
      async send(messages: readonly ImportMessage[]) {
        await clock.during(queue.send(messages));
        waiting.push(...messages);
      },
    },
    authing: pool.connect(secrets),
    clock,
    pace: createPace({ clock, maxPerSecond: 1000, startPerSecond: 1000 }),
    leavePolicy: () => "resign" as const,
    rehirePolicy: () => "reactivate" as const,
    otpPolicy: "import" as const,
    ...uploadPorts,
    sources: [],
    log,
  };
  const run = { owner: "bench", deadline: Number.POSITIVE_INFINITY };
  const before = performance.now();
  await planImport(
    { bucket, key, ...(versionId !== undefined && { versionId }), size: bytes.length },
    ports,
    run,
  );
  let received = 1;
  for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
    received += 1;
    if (message.kind === "chunk") await runChunk(message, ports, run);
    else await finishImport(message, ports, run);
  }
  const accepted = pool.users().length;
  if (accepted !== rows) throw new TypeError(`${accepted} people of ${rows} rows`);
  return {
    times: rows,
    milliseconds: performance.now() - before,
    authingCalls: pool.requests.length,
    received,
  };
}

/** Compares a list of so many unchanged people. `begins` is called when they are in the ledger. */
export async function compareUnchanged(
  { table, bucket }: Stage,
  people: number,
  begins: () => void,
): Promise<Worked> {
  const ledger = dynamodbLedger(table);
  await tellOfPeople(people, ledger);
  begins();
  const before = performance.now();
  let received = 0;
  const ports = { ledger, objects: objectStore(), parked: parkedObjects({ bucket, table }) };
  const roster = unchangedRoster(people, ports, bucket);
  await roster.run(() => (received += 1));
  return {
    times: people,
    milliseconds: performance.now() - before,
    authingCalls: roster.calls(),
    received,
  };
}
