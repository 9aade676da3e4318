import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { createAuthingClient } from "#lib/authing/client.ts";
import { accessKey, answer, batch } from "./delivery-batch.ts";

// The process of one round: `delivery-client.ts <case> <port>`. Ten callers send the same fifty people over and over.

const warmUpCalls = 300;
const measuredCalls = 600;
const inFlight = 10;

/** Sends the batch once; throws when it was not taken. */
type Call = () => Promise<void>;
/** Makes one call; each of the ten callers repeats it. */
type Client = () => Promise<Call>;

const [name = "", port = ""] = process.argv.slice(2);
const host = `http://localhost:${port}`;

const clients: Readonly<Record<string, () => Client>> = {
  ours() {
    const client = createAuthingClient({ host, credentials: async () => accessKey });
    return async () => async () => check((await client.createUsersBatch(batch)).ok);
  },
  "ours, a connection each"() {
    return async () => async () => {
      const client = createAuthingClient({ host, credentials: async () => accessKey });
      check((await client.createUsersBatch(batch)).ok);
      client.close();
    };
  },
  "authing-node-sdk"() {
    const { ManagementClient } = createRequire(import.meta.url)("authing-node-sdk") as {
      ManagementClient: new (options: object) => {
        createUsersBatch(request: object): Promise<{ statusCode: number; data: unknown[] }>;
      };
    };
    const client = new ManagementClient({ ...accessKey, host });
    return async () => async () => check((await client.createUsersBatch(batch)).data.length === 50);
  },
  "raw socket, prebuilt bytes"() {
    const body = Buffer.from(JSON.stringify(batch));
    const head = `POST /api/v3/create-users-batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n`;
    const request = Buffer.concat([Buffer.from(head), body]);
    const answerBytes = answer().length;
    return async () => {
      const socket = connect(Number(port), "127.0.0.1").setNoDelay(true);
      await once(socket, "connect");
      let left = 0;
      let done: () => void = () => undefined;
      socket.on("data", (chunk: Buffer) => {
        left -= chunk.length;
        if (left === 0) done();
      });
      return () =>
        new Promise((resolve) => {
          left = answerBytes;
          done = resolve;
          socket.write(request);
        });
    };
  },
};

function check(isTaken: boolean): void {
  if (!isTaken) throw new TypeError("the batch was not taken");
}

const open = clients[name];
if (!open) throw new TypeError(`no case "${name}"`);
const client = open();
const callers = await Promise.all(Array.from({ length: inFlight }, client));

async function repeat(calls: number): Promise<void> {
  let left = calls;
  const call = async (one: Call) => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(callers.map(call));
}

await repeat(warmUpCalls);
const startedAt = performance.now();
const before = process.cpuUsage();
await repeat(measuredCalls);
const { user, system } = process.cpuUsage(before);
const seconds = (performance.now() - startedAt) / 1000;
const costs = { "CPU µs": (user + system) / measuredCalls, "requests/s": measuredCalls / seconds };
process.stdout.write(`${JSON.stringify(costs)}\n`, () => process.exit());
