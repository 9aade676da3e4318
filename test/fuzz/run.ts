import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { keep, kinds, type Input, type Kind } from "./input.ts";
import { mutated } from "./mutations.ts";
import { targetsOf } from "./targets.ts";
import type { Answer } from "./worker.ts";

// `npm run fuzz -- format`, `npm run fuzz -- source okta --minutes 10 --seed 7`: changed fixtures, tried in a process that may neither hang, nor
// crash, nor take more memory than its bound. What fails is kept in test/fuzz/corpus, and replayed by corpus.test.ts.

const deadlineMilliseconds = 20_000;
const heapMegabytes = 256;
const bufferBytes = 512_000_000;
const inputsAtOnce = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const kind = positionals[0] as Kind;
const known = kinds.includes(kind) ? targetsOf(kind) : [];
const chosen = known.filter(({ name }) => positionals[1] === undefined || name === positionals[1]);
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (chosen.length === 0 || !(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write(`npm run fuzz -- ${kinds.join("|")} [name] [--minutes n] [--seed n]\n`);
  if (known.length > 0) process.stderr.write(`names: ${known.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

say(`${kind}: ${chosen.length} targets, ${minutes} minutes, --seed ${seed}`);
const endsAt = performance.now() + minutes * 60_000;
const failures = new Map<string, number>();
let tried = 0;
let slowest = { milliseconds: 0, bytes: 0, name: "" };
let worker = await newWorker();
for (let round = 0; performance.now() < endsAt; round += 1) {
  for (const { name, seeds } of chosen) {
    if (performance.now() >= endsAt) break;
    for (const input of mutated(seeds, inputsAtOnce, seed + round)) await tryOut(name, input);
  }
}
worker.kill("SIGKILL");
say(
  `${tried} inputs, the slowest took ${slowest.milliseconds.toFixed(0)} ms (${slowest.name}, ${slowest.bytes} bytes)`,
);
for (const [failure, count] of failures) say(`${count} × ${failure}`);
say(`${failures.size} different failures`);
process.exitCode = failures.size > 0 ? 1 : 0;

async function tryOut(name: string, input: Input): Promise<void> {
  const startedAt = performance.now();
  const failure = await failureOf(input);
  const took = performance.now() - startedAt;
  tried += 1;
  if (took > slowest.milliseconds)
    slowest = {
      name,
      milliseconds: took,
      bytes: Object.values(input.parts).reduce((sum, part) => sum + part.length, 0),
    };
  if (failure === undefined) return;
  const title = `${name}: ${failure}`;
  const before = failures.get(title) ?? 0;
  failures.set(title, before + 1);
  if (before === 0) say(`${title}; ${keep(input)}`);
}

/** What an input does that it must not. */
async function failureOf(input: Input): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer | "hangs" | "ends">();
  const timer = setTimeout(() => resolve("hangs"), deadlineMilliseconds);
  const ended = () => resolve("ends");
  worker.once("message", resolve).once("exit", ended);
  worker.send(input);
  const answer = await promise;
  clearTimeout(timer);
  worker.off("message", resolve).off("exit", ended);
  if (typeof answer === "object") {
    const isLarge = (answer.bufferBytes ?? 0) > bufferBytes;
    return answer.failure ?? (isLarge ? `more than ${bufferBytes / 1e6} MB of buffers` : undefined);
  }
  worker.kill("SIGKILL");
  worker = await newWorker();
  return answer === "hangs"
    ? `no end within ${deadlineMilliseconds / 1000} s`
    : `the worker ended: more than ${heapMegabytes} MB, or an error outside the call`;
}

/** A process and not a thread: V8 ends the whole process where memory runs out in the middle of a garbage collection. */
async function newWorker(): Promise<ChildProcess> {
  const started = fork(new URL("worker.ts", import.meta.url), [kind], {
    execArgv: [`--max-old-space-size=${heapMegabytes}`],
    serialization: "advanced",
    // What V8 writes when its memory runs out.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await once(started, "message");
  return started;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
