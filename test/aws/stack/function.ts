import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { SharedClock } from "./moto.ts";
import { startRuntimeApi, type Invoked } from "./runtime-api.ts";

/** A function as the template has it. */
export interface FunctionDefinition {
  /** The last part of its name, e.g. `events-apply`. */
  readonly name: string;
  readonly arn: string;
  /** E.g. `dist/events-apply/index.handler`. */
  readonly handler: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly logGroup: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that its package is unpacked in. */
  readonly taskRoot: string;
  /** The program that runs its handler: runtime-client.ts. */
  readonly runtime: string;
}

/** A line that a function wrote. */
export interface LogLine {
  readonly function: string;
  readonly text: string;
}

export interface LambdaFunction extends FunctionDefinition {
  /** Runs it once, in an environment that is idle or in a new one. Never rejects. */
  invoke(event: unknown): Promise<Invoked>;
  /** How many environments were started so far: cold starts. */
  readonly starts: number;
  /** Ends every environment at once, whatever it is at: as a crash does, a deployment, or an idle hour. */
  kill(): Promise<void>;
}

interface Environment {
  isIdle: boolean;
  invoke(event: unknown): Promise<Invoked>;
  kill(): Promise<void>;
}

/** Runs a function's package as Lambda does: one process for each event at a time, kept for the next one. */
export function lambdaFunction(
  definition: FunctionDefinition,
  clock: SharedClock,
  hear: (line: LogLine) => void,
): LambdaFunction {
  const environments = new Set<Environment>();
  let starts = 0;
  return {
    ...definition,
    get starts() {
      return starts;
    },
    async invoke(event) {
      let environment = [...environments].find(({ isIdle }) => isIdle);
      if (!environment) {
        starts += 1;
        const started: Environment = newEnvironment(definition, clock, hear, () =>
          environments.delete(started),
        );
        environments.add(started);
        environment = started;
      }
      environment.isIdle = false;
      const result = await environment.invoke(event);
      environment.isIdle = true;
      return result;
    },
    async kill() {
      await Promise.all([...environments].map((environment) => environment.kill()));
    },
  };
}

function newEnvironment(
  definition: FunctionDefinition,
  clock: SharedClock,
  hear: (line: LogLine) => void,
  ended: () => void,
): Environment {
  const { name, handler, memoryMegabytes, timeoutSeconds, taskRoot, logGroup } = definition;
  const api = startRuntimeApi(definition.arn, ended);
  let child: ChildProcess | undefined;
  const started = api.then(({ address, fail, close }) => {
    child = spawn(
      process.execPath,
      [
        // What Lambda leaves to the heap.
        `--max-old-space-size=${Math.floor(memoryMegabytes * 0.9)}`,
        definition.runtime,
      ],
      {
        cwd: taskRoot,
        stdio: ["ignore", "pipe", "pipe"],
        // Nothing of the machine's own environment gets in, as none does on AWS.
        env: {
          ...definition.environment,
          _HANDLER: handler,
          LAMBDA_TASK_ROOT: taskRoot,
          AWS_LAMBDA_RUNTIME_API: address,
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
          AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
          AWS_LAMBDA_LOG_STREAM_NAME: "tests",
          AWS_LAMBDA_LOG_FORMAT: "JSON",
          AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
          TZ: ":UTC",
          CLOCK_AHEAD_MILLISECONDS: String(clock.ahead()),
        },
      },
    );
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on("line", (text) => hear({ function: name, text }));
    }
    child.once("exit", () => {
      ended();
      fail("Runtime.ExitError");
      close();
    });
    return child;
  });

  async function kill(): Promise<void> {
    // No event shall be sent to a process that is about to end.
    ended();
    const running = await started;
    if (running.exitCode !== null || running.signalCode !== null) return;
    const exit = once(running, "exit");
    running.kill("SIGKILL");
    await exit;
  }

  return {
    isIdle: true,
    kill,
    async invoke(event) {
      await started;
      const { invoke, fail } = await api;
      const timer = setTimeout(() => {
        void kill();
        fail("Sandbox.Timedout");
      }, timeoutSeconds * 1000);
      const result = await invoke(event, {
        deadline: clock.now() + timeoutSeconds * 1000,
        clockAheadMilliseconds: clock.ahead(),
      });
      clearTimeout(timer);
      return result;
    },
  };
}
