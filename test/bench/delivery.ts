import { fork } from "node:child_process";
import { once } from "node:events";
import { timesOfMoves } from "./delivery-moves.ts";
import { batchModes, extraCalls, poisons } from "./delivery-poison.ts";
import { inFreshProcess } from "./fresh-process.ts";
import type { Case, Costs, Count, Section } from "./section.ts";

// Each case is a process that keeps ten calls in flight, warmed up; CPU is user + system of all its threads. The server is a
// process of its own that uses little CPU. The raw socket neither signs nor reads: it is the lower bound for every client.

const script = `${import.meta.dirname}/delivery-client.ts`;
const batchSize = 50;

async function prepare() {
  const counts: Count[] = [];
  for (const mode of batchModes) {
    for (const poison of poisons) {
      counts.push({
        title: `extra calls for one ${poison} record of ${batchSize}, ${mode}`,
        value: await extraCalls(mode, poison),
        unit: "calls",
        aim: { atMost: Math.ceil(2 * Math.log2(batchSize)) + 1 },
      });
    }
  }
  const times = await timesOfMoves();
  counts.push(
    {
      title: "an update of 50,000 / a create of 50,000",
      value: times.updates,
      unit: "×",
      aim: { atMost: 1.3 },
    },
    { title: "a row of a file that changes an account / a create", value: times.rows, unit: "×" },
    { title: "a departure / a create", value: times.departures, unit: "×" },
  );
  const server = fork(`${import.meta.dirname}/delivery-server.ts`, [], {
    env: { PATH: process.env["PATH"] },
    execArgv: [],
  });
  const [port] = (await once(server, "message")) as [number];
  const clientCase = (name: string): Case => ({
    name,
    run: async () => (await inFreshProcess(script, [name, String(port)])) as Costs,
  });
  return {
    cases: ["ours", "authing-node-sdk", "raw socket, prebuilt bytes"].map(clientCase),
    ratios: [
      { of: "ours", to: "authing-node-sdk", cost: "CPU µs", aim: { atMost: 0.45 } },
      { of: "ours", to: "raw socket, prebuilt bytes", cost: "requests/s", aim: { atLeast: 0.8 } },
      { of: "authing-node-sdk", to: "raw socket, prebuilt bytes", cost: "requests/s" },
      { of: "ours", to: "raw socket, prebuilt bytes", cost: "CPU µs" },
    ],
    counts,
    spoilt: { name: "ours", twin: clientCase("ours, a connection each") },
    close: async () => void server.kill(),
  };
}

export const delivery: Section = {
  name: "delivery",
  about:
    "signed POSTs of 50 people to a loopback Authing that answers after 20 ms, 10 in flight; for each request",
  rounds: 3,
  prepare,
};
