import { readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import config from "#config";
import { startService } from "#infra/local/service.ts";
import { openStore } from "#infra/store/store.ts";
import { accessKey, signingSecret } from "./deliveries.ts";

// The process that is watched: `npm run serve` without its command line, `node --expose-gc soak-service.ts <store> <host of the sandbox>`. It is
// measured when no message waits.

export interface Figures {
  readonly heapMegabytes: number;
  readonly bufferMegabytes: number;
  readonly residentMegabytes: number;
  /** Open files, sockets and pipes; `undefined` where the system has no `/proc`. */
  readonly handles: number | undefined;
  readonly sockets: number;
  /** Timers and other work that keeps a process alive. */
  readonly resources: number;
  readonly events: number;
  /** Events that are not accepted: dead, held, rejected, waiting. */
  readonly parked: number;
}

const [folder = "", host = ""] = process.argv.slice(2);
const store = await openStore(folder, { callSeconds: config.authing.timeoutSeconds });
const silent = () => {};
const service = await startService({
  config: { ...config, authing: { ...config.authing, host } },
  loadSecret: async (name) => ({ current: name === "authing" ? accessKey : { signingSecret } }),
  store,
  webhooks: { host: "127.0.0.1", port: 0 },
  operatorPort: 0,
  key: "an-invented-key-of-the-operator",
  log: { info: silent, warn: silent, error: silent },
});
const count = (table: string) =>
  store.database.one<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)?.count ?? 0;

async function figures(): Promise<Figures> {
  while (count("messages") > 0) await wait(50);
  // The second collection frees what finalizers of the first one have released.
  for (const _ of [1, 2]) {
    globalThis.gc?.();
    await wait(200);
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  return {
    heapMegabytes: heapUsed / 1e6,
    bufferMegabytes: arrayBuffers / 1e6,
    residentMegabytes: rss / 1e6,
    handles: process.platform === "linux" ? readdirSync("/proc/self/fd").length : undefined,
    sockets: resources.filter((name) => name === "TCPSocketWrap").length,
    resources: resources.length,
    events: count("events"),
    parked: count("parked"),
  };
}

process.on("message", async () => process.send?.(await figures()));
process.send?.({ port: service.webhooksPort });
