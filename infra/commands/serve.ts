import { isIP } from "node:net";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { AuthingSecret } from "#lib/wiring/authing.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { localLog } from "#infra/local/log.ts";
import { operatorKey, operatorKeyFile } from "#infra/local/operator-key.ts";
import { ownSecrets } from "#infra/local/secret-file.ts";
import { startService } from "#infra/local/service.ts";
import { localSettings } from "#infra/local/settings.ts";
import { openStore } from "#infra/store/store.ts";
import { form, runCommand, say } from "./command.ts";
import { UsageError } from "./command-line.ts";
import { loadConfig } from "./config.ts";
import { servePortFailure } from "./ports.ts";

const defaultPort = 8080;

// npm run serve [-- --port <port>] [--bind <address>] [--secrets-of <stage>] [--revive]: the bundle on one machine, for good.
// Senders reach it on --port, behind a TLS proxy; the operator's commands and files on PORT, from this machine only. Secrets come from the
// file of INBOUND_SECRETS, or of a stage from Secrets Manager. --revive returns messages to their queues that were received too often.
const serve = form(
  [],
  { port: "<port>", bind: "<address>", "secrets-of": "<stage>", revive: "" },
  async ({ options }) => {
    const settings = localSettings();
    const webhooks = { host: addressOf(options.bind), port: portOf(options.port) };
    const config = await loadConfig();
    const authing = { ...config.authing, host: settings.authingHost ?? config.authing.host };
    const sources = [...enabledSources(config).keys()];
    const stage = options["secrets-of"];
    const loadSecret = await secretsOf(stage, config.service, settings);
    // A wrong file of secrets is said now, not with the first event.
    await secretReader(loadSecret).read("authing", AuthingSecret);

    const store = await openStore(settings.storeFolder, { callSeconds: authing.timeoutSeconds });
    const revived = options.revive ? store.reviveDead() : 0;
    const service = await startService({
      config: { ...config, authing },
      loadSecret,
      store,
      webhooks,
      operatorPort: settings.port,
      key: operatorKey(settings.storeFolder),
      log: localLog(say),
    }).catch((error: unknown) => {
      store.close();
      throw servePortFailure(error);
    });
    stopOnSignals(service);

    if (options.revive) say(`${revived} messages are back in their queues`);
    say(`Authing   ${authing.host}`);
    say(`Store     ${settings.storeFolder}`);
    say(`Webhooks  http://${hostOf(webhooks.host)}:${service.webhooksPort}/webhooks/<${sources.join("|")}>`);
    say(
      `Operator  http://localhost:${service.operatorPort}  (key: ${operatorKeyFile(settings.storeFolder)})`,
    );
    say("Ready.");
    // The servers keep the process alive.
    return 0;
  },
);

function addressOf(given: string | true | undefined): string {
  if (given === undefined) return "127.0.0.1";
  if (typeof given === "string" && isIP(given) !== 0) return given;
  throw new UsageError(`--bind "${String(given)}" is no IP address`, ["npm run serve -- --bind 0.0.0.0"]);
}

function portOf(given: string | true | undefined): number {
  if (given === undefined) return defaultPort;
  const port = Number(given);
  if (/^\d{1,5}$/.test(String(given)) && port <= 65_535) return port;
  throw new UsageError(`--port "${String(given)}" is no port`, [`npm run serve -- --port ${defaultPort}`]);
}

const hostOf = (address: string) => (isIP(address) === 6 ? `[${address}]` : address);

async function secretsOf(
  stage: string | true | undefined,
  service: string,
  { isInvented, secretsFile }: ReturnType<typeof localSettings>,
): Promise<LoadSecret> {
  if (typeof stage === "string") {
    // Imported only here: a machine without AWS does not need the SDK.
    const { secretLoader } = await import("#lib/aws/secret-loader.ts");
    return secretLoader({ service, stage });
  }
  if (!isInvented) return ownSecrets(secretsFile);
  throw new InboundError("misconfigured", "secrets-file-missing", {
    path: "INBOUND_SECRETS",
    hint: "name your file of secrets (docs/one-machine.md), or --secrets-of <stage> for those in Secrets Manager",
  });
}

/** Ends the process once what is in work is done; a second signal ends it at once, which loses nothing. */
function stopOnSignals(service: { stop(): Promise<boolean> }): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    say("Stopping: what is in work ends first.");
    say((await service.stop()) ? "Stopped." : "Stopped; what is still in work goes on at the next start.");
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
}

await runCommand("serve", serve);
