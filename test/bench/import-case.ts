import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile, rename, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createAuthingClient } from "#lib/authing/client.ts";
import type { ImportMessage } from "#lib/contract/import-queue.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { finishImport } from "#lib/uploads/finish.ts";
import { planImport } from "#lib/uploads/plan.ts";
import { runChunk } from "#lib/uploads/run.ts";
import { memoryLedger } from "../memory/ledger.ts";
import { uploadPorts } from "../uploads/upload-ports.ts";
import { accessKey } from "./delivery-batch.ts";
import { folderObjects } from "./folder-objects.ts";

// The process of one round: `import-case <case> <folder> <port>`. The folder holds `people.csv`, whose people each case creates, 50 at a call
// and one call at a time.

const [name = "", folder = "", port = ""] = process.argv.slice(2);
const host = `http://localhost:${port}`;
const file = join(folder, "people.csv");
const batchSize = 50;

interface Sdk {
  readonly ManagementClient: new (options: object) => {
    createUsersBatch(request: object): Promise<{ data: unknown[] }>;
  };
}

const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** The CPU of each stage. Stages follow each other or lie in each other: what is inside of another one is not counted for it. */
const stages: Record<string, number> = {};
let stage = "";
let stageSince = 0;

function enter(next: string): void {
  const now = cpuMilliseconds();
  if (stage !== "") stages[stage] = (stages[stage] ?? 0) + now - stageSince;
  stage = next;
  stageSince = now;
}

async function within<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const outer = stage;
  enter(name);
  try {
    return await work();
  } finally {
    enter(outer);
  }
}

/** Creates everybody; resolves to their number. */
type Importing = () => Promise<number>;
type ImportingCase = () => Promise<Importing>;

interface Person {
  readonly externalId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly phoneCountryCode: "+86";
  readonly company: string;
  readonly city: string;
}

const personOf = ([
  id = "",
  fullName = "",
  email = "",
  phone = "",
  company = "",
  city = "",
]: readonly string[]): Person => ({
  externalId: id,
  name: fullName,
  email,
  phone,
  phoneCountryCode: "+86",
  company,
  city,
});

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += batchSize) yield items.slice(at, at + batchSize);
}

/** A connection that sends bytes and reads the answer, whose length it takes from its head. */
async function rawSocket(): Promise<(request: Buffer) => Promise<void>> {
  const socket = connect(Number(port), "127.0.0.1").setNoDelay(true);
  await once(socket, "connect");
  let left = 0;
  let done: () => void = () => {};
  socket.on("data", (piece: Buffer) => {
    if (left === 0) {
      const at = piece.indexOf("\r\n\r\n");
      left = at + 4 + Number(/content-length: (\d+)/.exec(piece.toString("latin1", 0, at))?.[1]);
    }
    left -= piece.length;
    if (left === 0) done();
  });
  return (request) =>
    new Promise((resolve) => {
      done = resolve;
      socket.write(request);
    });
}

function signedRequest(list: readonly Person[]): Buffer {
  const json = JSON.stringify(list);
  const body = Buffer.from(`{"list":${json}}`);
  const date = new Date().toUTCString();
  const signature = createHmac("sha1", accessKey.accessKeySecret)
    .update(`POST\ndate:${date}\n/api/v3/create-users-batch?list=`)
    .update(body.subarray(8, -1))
    .digest("base64");
  const head = `POST /api/v3/create-users-batch HTTP/1.1\r\nhost: localhost\r\ndate: ${date}\r\nauthorization: authing ${accessKey.accessKeyId}:${signature}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

async function* peopleOfLines(): AsyncGenerator<readonly Person[]> {
  let people: Person[] = [];
  let rest = "";
  let isHeader = true;
  const decoder = new TextDecoder();
  for await (const piece of createReadStream(file) as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isHeader) isHeader = false;
      else if (people.push(personOf(line.split(","))) === batchSize) {
        yield people;
        people = [];
      }
    }
  }
  if (people.length > 0) yield people;
}

const cases: Readonly<Record<string, ImportingCase>> = {
  ours: async () => {
    const key = "incoming/users/people.csv";
    const objects = folderObjects(folder);
    await objects.write({ bucket: "bench", key, contentType: "text/csv" }, createReadStream(file));
    const clock = { now: Date.now, wait: async () => {}, random: Math.random };
    const kept = memoryLedger();
    const waiting: ImportMessage[] = [];
    const silent = () => {};
    const client = createAuthingClient({ host, credentials: async () => accessKey });
    const ports = {
      // Outcomes of rows are not kept: the table they go to is no memory of the function.
      ledger: {
        ...kept,
        settle: (records: Parameters<typeof kept.settle>[0], seconds: number) =>
          kept.settle(
            records.filter(({ type }) => type !== "row"),
            seconds,
          ),
        recordPeople: async () => {},
      },
      objects,
      queue: { send: async (messages: readonly ImportMessage[]) => void waiting.push(...messages) },
      authing: {
        ...client,
        createUsersBatch: (request: Parameters<typeof client.createUsersBatch>[0]) =>
          within("send ms", () => client.createUsersBatch(request)),
      },
      clock,
      pace: createPace({ clock, maxPerSecond: 1_000_000, startPerSecond: 1_000_000 }),
      leavePolicy: () => "resign" as const,
      rehirePolicy: () => "reactivate" as const,
      otpPolicy: "import" as const,
      ...uploadPorts,
      sources: [],
      log: { info: silent, warn: silent, error: silent },
    };
    const run = { owner: "bench", deadline: Number.POSITIVE_INFINITY };
    return async () => {
      const { size } = await stat(join(folder, key));
      await within("read ms", () => planImport({ bucket: "bench", key, versionId: "1", size }, ports, run));
      let id = "";
      for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
        id = message.import;
        const { kind } = message;
        if (kind === "chunk") await within("rows ms", () => runChunk(message, ports, run));
        else await within("finish ms", () => finishImport(message, ports, run));
      }
      const summary = JSON.parse(await readFile(join(folder, "results", id, "summary.json"), "utf8"));
      await rename(join(folder, "results"), join(folder, `results-${process.pid}`));
      return (summary as { accepted: number }).accepted;
    };
  },
  "papaparse + authing-node-sdk": async () => {
    const [{ default: papaparse }, sdk] = await Promise.all([
      import("papaparse"),
      import("authing-node-sdk") as unknown as Promise<{ readonly default: Sdk }>,
    ]);
    const { ManagementClient } = sdk.default;
    const client = new ManagementClient({ ...accessKey, host });
    return async () => {
      const read = async () =>
        papaparse.parse<string[]>(await readFile(file, "utf8"), { skipEmptyLines: true }).data;
      const data = await within("read ms", read);
      let count = 0;
      for (const list of batches(data.slice(1).map(personOf)))
        count += (await within("send ms", () => client.createUsersBatch({ list }))).data.length;
      return count;
    };
  },
  // The least that reads such a file, when no cell has a quote, and signs: it checks, keeps and tells nothing.
  floor: async () => {
    const send = await rawSocket();
    return async () => {
      let count = 0;
      for await (const list of peopleOfLines()) {
        await send(signedRequest(list));
        count += list.length;
      }
      return count;
    };
  },
  "prepared requests": async () => {
    const requests: { bytes: Buffer; count: number }[] = [];
    for await (const list of peopleOfLines())
      requests.push({ bytes: signedRequest(list), count: list.length });
    const send = await rawSocket();
    return async () => {
      let count = 0;
      for (const { bytes, count: people } of requests) {
        await send(bytes);
        count += people;
      }
      return count;
    };
  },
};

const load = cases[name];
if (!load) throw new TypeError(`no case "${name}"`);
const bring = await load();
const before = cpuMilliseconds();
const people = await bring();
const cpu = cpuMilliseconds() - before;
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ people, "CPU ms": cpu, "peak MB": maxRSS / 1024, ...stages })}\n`,
  () => process.exit(),
);
