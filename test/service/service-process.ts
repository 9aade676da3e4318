import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { operatorKeyFile } from "#infra/local/operator-key.ts";
import { invented } from "../invented-secrets.ts";

const root = join(import.meta.dirname, "../..");

/** The folder of a service, with a file of the invented secrets, for the length of one test; and the environment that names both. */
export function newPlace(authingHost: string) {
  const folder = mkdtempSync(join(tmpdir(), "service-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const secrets = join(folder, "secrets.json");
  writeFileSync(secrets, JSON.stringify(invented), { mode: 0o600 });
  const store = join(folder, "store");
  const environment = {
    INBOUND_SECRETS: secrets,
    INBOUND_STORE: store,
    AUTHING_HOST: authingHost,
    PORT: "0",
  };
  return { folder, secrets, store, environment };
}

export interface ServiceProcess {
  readonly webhooks: string;
  readonly operator: string;
  /** What it has printed. */
  out(): string;
  /** Ends it with a signal; resolves to its exit status, `null` where the signal killed it. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null>;
}

/** Runs `npm run serve` on free ports, until it is ended or the test is. */
export async function startServe(
  environment: Readonly<Record<string, string>>,
  given: readonly string[] = [],
): Promise<ServiceProcess> {
  const child: ChildProcess = spawn(process.execPath, ["infra/commands/serve.ts", "--port", "0", ...given], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit") as Promise<[number | null]>;
  let out = "";
  await new Promise<void>((resolve, reject) => {
    const read = (bytes: Buffer) => {
      out += bytes.toString();
      if (/^Ready\.$/m.test(out)) resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    void exited.then(() => reject(new Error(`npm run serve ended: ${out}`)));
  });
  return {
    webhooks: /^Webhooks +(http:\S+)\/webhooks\//m.exec(out)?.[1] ?? "",
    operator: /^Operator +(http:\S+)/m.exec(out)?.[1] ?? "",
    out: () => out,
    async end(signal) {
      child.kill(signal);
      const [status] = await exited;
      return status;
    },
  };
}

/** The header of the operator, as `curl -H @<file>` reads it. */
export function operatorHeader(store: string): Record<string, string> {
  const [, value = ""] = readFileSync(operatorKeyFile(store), "utf8").trim().split(": ");
  return { authorization: value };
}
