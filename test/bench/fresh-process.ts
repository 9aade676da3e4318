import { execFile, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Case, Costs } from "./section.ts";

// Every case runs in a process of its own, so that the state of V8 after one case (types it has seen, code it has compiled, a
// grown heap) makes no other case slower or faster. The process gets none of our environment variables: `NODE_OPTIONS` and a
// compile cache would change the measurement.

const longestMilliseconds = 120_000;

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

/** One operation that is repeated. */
export type Operation = () => unknown;

/** The export of a section's file: for each case the operations that it times, each under the name of its cost. */
export type Loops = Readonly<Record<string, () => Promise<Readonly<Record<string, Operation>>>>>;

const script = `${import.meta.dirname}/loop.ts`;
/** After this many rounds a case continues in a new process: two processes with the same code differ by about a tenth. */
const roundsOfProcess = 7;

/**
 * A warm case, `loops[name]` of the section's file: microseconds of CPU for each call. Its process runs for some rounds and waits
 * while the processes of the other cases are measured, so that all of them are measured within a second.
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

/** The next message of the process. */
async function message(child: ChildProcess): Promise<unknown> {
  const died = new AbortController();
  const abort = () =>
    died.abort(new Error(`the process of ${child.spawnargs.at(-1)} ended; its error is printed above`));
  const signal = AbortSignal.any([died.signal, AbortSignal.timeout(longestMilliseconds)]);
  child.once("exit", abort);
  try {
    const [said] = (await once(child, "message", { signal })) as [unknown];
    return said;
  } finally {
    child.off("exit", abort);
  }
}
