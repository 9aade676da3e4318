import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** The time of everything in a test: AWS, the functions, Authing, the senders. */
export interface SharedClock {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** How far it is ahead of the machine's, in milliseconds. */
  readonly ahead: () => number;
  /** Lets time pass without waiting for it. */
  pass(seconds: number): Promise<void>;
}

export interface Moto {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly clock: SharedClock;
  close(): Promise<void>;
}

/** A server that speaks AWS, for one file of tests: its clock can be put forward. */
export async function startMoto(): Promise<Moto> {
  const server = spawn(".venv/bin/python", ["test/aws/server.py"], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(server, "exit");
  const port = await Promise.race([
    once(createInterface(server.stdout), "line").then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error("moto has ended: npm run test:aws installs what it needs"))),
  ]);
  const url = `http://127.0.0.1:${port}`;
  let ahead = 0;
  return {
    url,
    clock: {
      now: () => Date.now() + ahead,
      ahead: () => ahead,
      async pass(seconds) {
        ahead += seconds * 1000;
        await fetch(`${url}/clock?${seconds}`, { method: "POST" });
      },
    },
    async close() {
      server.kill();
      await ended;
    },
  };
}
