import { execFile, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Case, Costs } from "./section.ts";

// Every case runs in a process of its own: what one case leaves behind in V8 (types it has seen, code it has compiled, a
// grown heap) is no burden or gift to another. Nothing of our environment goes along: `NODE_OPTIONS` and a compile cache would
// change what is measured.

const longestMilliseconds = 30_000;

/** Runs a script once and takes the JSON that it writes last to its standard output. */
export function inFreshProcess(
  script: string,
  scriptArguments: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env["PATH"], ...environment }, timeout: longestMilliseconds };
    execFile(process.execPath, [script, ...scriptArguments], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${script} ${scriptArguments[0] ?? ""}: ${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    });
  });
}

/** One thing that is done over and over. */
export type Operation = () => unknown;

/** What a section's file exports: for each case the operations that it times, each under the name of its cost. */
export type Loops = Readonly<Record<string, () => Promise<Readonly<Record<string, Operation>>>>>;

const script = `${import.meta.dirname}/loop.ts`;
/** After so many rounds a case goes on in a new process, since two that compiled the same code differ by a tenth or so. */
const roundsOfProcess = 7;

/**
 * A warm case, `loops[name]` of the section's file: microseconds of CPU for each call. Its process stays for some rounds and
 * waits while the others have their turn, so that all of them are measured within a second.
 */
export function loopCase(file: string, name: string): Case {
  let child: ChildProcess | undefined;
  let rounds = 0;
  const close = () => {
    child?.kill();
    child = undefined;
  };
  return {
    name,
    async run() {
      if (rounds % roundsOfProcess === 0) close();
      rounds += 1;
      if (!child) {
        child = fork(script, [file, name], { env: { PATH: process.env["PATH"] }, execArgv: [] });
        await message(child);
      }
      child.send("slice");
      return (await message(child)) as Costs;
    },
    close,
  };
}

/** The next thing that it says. */
async function message(child: ChildProcess): Promise<unknown> {
  const died = new AbortController();
  const abort = () =>
    died.abort(new Error(`the process of ${child.spawnargs.at(-1)} ended; its error stands above`));
  const signal = AbortSignal.any([died.signal, AbortSignal.timeout(longestMilliseconds)]);
  child.once("exit", abort);
  try {
    const [said] = (await once(child, "message", { signal })) as [unknown];
    return said;
  } finally {
    child.off("exit", abort);
  }
}
