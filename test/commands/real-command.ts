import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";

// The commands as a developer runs them: in a process of their own.

const root = join(import.meta.dirname, "../..");

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

/** Runs `infra/commands/<command>.ts`. */
export async function run(
  command: string,
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, INIT_CWD: root, ...environment } };
    execFile(process.execPath, [`infra/commands/${command}.ts`, ...given], options, (failure, out, error) =>
      resolve({ status: Number(failure?.code ?? 0), out, error }),
    );
  });
}

/** Runs `npm start -- --no-samples` on free ports until it is ended. `url`, `authing`: the addresses that it prints. */
export async function startOnLaptop(
  environment: Readonly<Record<string, string>> = {},
  given: readonly string[] = [],
) {
  const child = spawn(process.execPath, ["infra/commands/start.ts", "--no-samples", ...given], {
    cwd: root,
    env: { ...process.env, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString();
      if (out.includes("Ctrl-C stops")) resolve();
    });
    child.once("exit", () => reject(new Error(`npm start ended: ${out}`)));
  });
  const addressOf = (name: string) => new RegExp(`^${name} +(http\\S+)`, "m").exec(out)?.[1] ?? "";
  const end = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill();
    });
  return { url: addressOf("Authing Inbound"), authing: addressOf("Authing"), end };
}

/** A server that listens until the test is over. Resolves to its port. */
export async function untilTheTestEnds(server: {
  readonly port: number;
  close(): Promise<void>;
}): Promise<number> {
  onTestFinished(() => server.close());
  return server.port;
}
