import { pathToFileURL } from "node:url";
import type { Loops, Operation } from "./fresh-process.ts";

// The process of a warm case: `loop.ts <file of the section> <case>`. It warms its operations up, and then times a slice of each
// whenever its parent sends a message, so that the processes of all cases are measured alternately.

const warmUpMicroseconds = 1_200_000;
const sliceMicroseconds = 40_000;

const [file = "", name = ""] = process.argv.slice(2);
const { loops } = (await import(pathToFileURL(file).href)) as { loops: Loops };
const open = loops[name];
if (!open) throw new TypeError(`${file} has no case "${name}"`);

const operations = Object.entries(await open());
for (let lap = 0; lap < 2; lap += 1) {
  for (const [, operation] of operations) {
    await repeat(operation, warmUpMicroseconds / 2 / operations.length);
  }
}

process.on("message", async () => {
  const costs: Record<string, number> = {};
  for (const [cost, operation] of operations) costs[cost] = await repeat(operation, sliceMicroseconds);
  process.send?.(costs);
});
process.send?.("ready");

/** Repeats for this much CPU time of all threads; microseconds for each call. */
async function repeat(operation: Operation, microseconds: number): Promise<number> {
  const before = process.cpuUsage();
  for (let calls = 100; ; calls += 100) {
    for (let call = 0; call < 100; call += 1) {
      const result = operation();
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(before);
    if (user + system >= microseconds) return (user + system) / calls;
  }
}
