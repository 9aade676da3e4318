import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** How a command ended. */
interface Ended {
  readonly status: number;
  readonly out: string;
}

/** The repository as an operator has it, with a configuration of the test's. */
export interface Copy {
  /** Replaces inbound.config.ts. */
  configure(text: string): void;
  /** Runs a script of package.json, as `npm run <script> -- <words>`, with these AWS credentials. */
  run(script: string, words: readonly string[], accessKey: string): Promise<Ended>;
  remove(): void;
}

const parts = ["package.json", "serverless.yml", "functions", "infra", "lib"];
/** Variables through which the SDK could find other credentials or another endpoint. */
const foreign = /^AWS_(PROFILE|SESSION_TOKEN|ENDPOINT_URL_\w+)$|^npm_/;

/** @param endpoint where AWS is */
export function copyOfRepository(endpoint: string, region: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), "inbound-rehearsal-"));
  for (const part of parts) cpSync(part, join(folder, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "dir");
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    configure: (text) => writeFileSync(join(folder, "inbound.config.ts"), text),
    run: (script, words, accessKey) =>
      new Promise((ended) => {
        const env = {
          ...Object.fromEntries(inherited),
          AWS_ENDPOINT_URL: endpoint,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: accessKey,
          AWS_SECRET_ACCESS_KEY: "invented",
          AWS_CONFIG_FILE: "/dev/null",
          AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
          AWS_EC2_METADATA_DISABLED: "true",
        };
        execFile(
          "npm",
          ["run", "--silent", script, "--", ...words],
          { cwd: folder, env, timeout: 120_000 },
          (failure, stdout, stderr) =>
            ended({ status: failure ? Number(failure.code ?? 1) : 0, out: `${stdout}${stderr}` }),
        );
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
