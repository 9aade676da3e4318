import { parentPort, workerData } from "node:worker_threads";
import type { Input, Kind } from "./input.ts";
import { targetsOf } from "./targets.ts";

// Tries one input after the other, and answers with what was wrong: nothing, or the name and the place of an error.

export interface Answer {
  readonly failure?: string;
  /** What buffers hold after the input. */
  readonly bufferBytes?: number;
}

const targets = new Map(
  targetsOf((workerData as { kind: Kind }).kind).map((target) => [target.name, target]),
);

const answer = (what: Answer): void => {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(what);
};

parentPort?.on("message", async (input: Input) => {
  try {
    await targets.get(input.name)?.attempt(input);
    answer({ bufferBytes: process.memoryUsage().arrayBuffers });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const place = /\n +at .*?((?:lib|infra)\/[^\s)]+)/.exec(stack ?? "")?.[1] ?? "";
    answer({ failure: `${name} at ${place}: ${message.slice(0, 200)}` });
  }
});
answer({});
