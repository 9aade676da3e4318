import type { Input, Kind } from "./input.ts";
import { targetsOf } from "./targets.ts";

// Tries one input after the other, and answers with what was wrong: nothing, or the name and the place of an error.

export interface Answer {
  readonly failure?: string;
  /** What buffers hold after the input. */
  readonly bufferBytes?: number;
}

const targets = new Map(targetsOf(process.argv[2] as Kind).map((target) => [target.name, target]));

const answer = (what: Answer): void => void process.send?.(what);

process.on("message", async (input: Input) => {
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
