import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { build } from "esbuild";
import config from "#config";
import clerk from "#lib/sources/clerk/index.ts";
import { bundleFunction, functionFiles } from "#infra/aws/bundle.ts";
import { signingSecret, userCreated } from "./deliveries.ts";
import { environmentAt, startLoopbackAws } from "./loopback-aws.ts";
import type { Costs, Count, Section } from "./section.ts";

// The receiving bundle under a burst of webhooks: 1,000 signed deliveries a second for 30 seconds, each with its own id. Each is sent
// when it is due, whether or not the earlier ones are answered. The time of an answer counts from when its delivery was due.

const perSecond = 1000;
const seconds = 30;
const measured = "webhooks-clerk";

interface Answered {
  readonly status: number;
  readonly milliseconds: number;
}

/** Sends the deliveries at their times, to the processes in rotation. */
async function storm(ports: readonly number[]): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
  const body = userCreated(1024);
  const began = performance.now();
  const answers: Promise<Answered>[] = [];
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const due = began + (number * 1000) / perSecond;
    const early = due - performance.now();
    if (early >= 1) await wait(early);
    answers.push(deliver(number, due));
  }
  const answered = await Promise.all(answers);
  agent.destroy();
  return answered;

  async function deliver(number: number, due: number): Promise<Answered> {
    const { headers } = clerk.proof.sign(body, { signingSecret }, { now: Date.now(), id: `msg_${number}` });
    const status = await new Promise<number>((resolve) => {
      const port = ports[number % ports.length];
      const options = { agent, port, method: "POST", path: "/webhooks/clerk", headers: { ...headers } };
      request({ ...options, host: "127.0.0.1" }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? 0));
      })
        .on("error", () => resolve(0))
        .end(body);
    });
    return { status, milliseconds: performance.now() - due };
  }
}

async function said<Message>(child: ChildProcess): Promise<Message> {
  const [message] = (await once(child, "message")) as [Message];
  return message;
}

async function prepare() {
  const folder = mkdtempSync(join(tmpdir(), "bench-burst-"));
  const aws = await startLoopbackAws({ signingSecret });
  const file = functionFiles().find(({ name }) => name === measured);
  if (!file) throw new TypeError(`there is no function ${measured}`);
  await bundleFunction(file, folder, config);
  const server = join(folder, "burst-server.mjs");
  const entryPoints = [join(import.meta.dirname, "burst-server.ts")];
  await build({ entryPoints, outfile: server, format: "esm", bundle: true, platform: "node" });

  const env = { PATH: process.env["PATH"], ...environmentAt(aws, folder) };
  const children = Array.from({ length: availableParallelism() }, () =>
    fork(server, [join(folder, measured, "index.mjs")], {
      env,
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }),
  );
  const listening = await Promise.all(children.map((child) => said<{ port: number }>(child)));
  const answered = await storm(listening.map(({ port }) => port));
  const used = await Promise.all(
    children.map((child) => {
      child.send("report");
      return said<{ cpuMilliseconds: number; bytes: number }>(child);
    }),
  );
  for (const child of children) child.kill();

  const times = answered.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other);
  const share = (part: number) => times[Math.ceil(part * times.length) - 1] ?? Number.NaN;
  const accepted = answered.filter(({ status }) => status === 202).length;
  const costs: Costs = {
    "p50 ms": share(0.5),
    "p99 ms": share(0.99),
    "slowest ms": share(1),
    "CPU ms each": used.reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds, 0) / answered.length,
    "RSS MB": Math.max(...used.map(({ bytes }) => bytes)) / 2 ** 20,
  };
  const counts: Count[] = [
    { title: "webhooks sent", value: answered.length, unit: "" },
    {
      title: "answered with 5xx, or not at all",
      value: answered.filter(({ status }) => status >= 500 || status === 0).length,
      unit: "",
      aim: { atMost: 0 },
    },
    {
      title: "refused",
      value: answered.filter(({ status }) => status === 401).length,
      unit: "",
      aim: { atMost: 0 },
    },
    {
      title: "acknowledged and not in the queue",
      value: accepted - aws.messages(),
      unit: "",
      aim: { atMost: 0 },
    },
    { title: "99 % acknowledged within", value: share(0.99), unit: "ms", aim: { atMost: 1000 } },
  ];
  return {
    cases: [{ name: "receiving bundle", run: async () => costs }],
    ratios: [],
    counts,
    close: async () => {
      aws.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const burst: Section = {
  name: "burst",
  about: `${perSecond} webhooks a second for ${seconds} s, the first ones to cold processes`,
  rounds: 1,
  prepare,
};
