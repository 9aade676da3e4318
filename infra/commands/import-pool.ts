import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import * as z from "zod/mini";
import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { LoadSecret } from "#lib/contract/secrets.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { AuthingSecret } from "#lib/wiring/authing.ts";
import { localSecrets } from "#infra/local/secret-file.ts";
import { localSettings } from "#infra/local/settings.ts";
import { outputNames } from "#infra/stage/outputs.ts";
import { outputOf } from "#infra/stage/stage.ts";
import { UsageError } from "./command-line.ts";
import { openDeployedStage } from "./deployed-stage.ts";
import { findStack } from "./laptop-stack.ts";

/** Which user pool a file is imported into from this machine. */
export const poolOptions = {
  /** The sandbox of `npm start`. */
  sandbox: "",
  /** The real Authing, with the access key of this stage. */
  "key-of": "<stage>",
  region: "<region>",
} as const;

export interface PoolOptions {
  readonly sandbox?: true;
  readonly "key-of"?: string;
  readonly region?: string;
}

export interface Pool {
  readonly host: string;
  /** The id of the access key, which is no secret: with it the operator recognises the pool. */
  readonly accessKeyId: string;
  readonly loadSecret: LoadSecret;
  /** Where this machine keeps what it knows of the pool. */
  readonly folder: string;
  /** The options that name it, for lines that the operator can type. */
  readonly place: string;
}

const Environment = z.object({
  AUTHING_ACCESS_KEY_ID: z.optional(z.string()),
  AUTHING_ACCESS_KEY_SECRET: z.optional(z.string()),
  INBOUND_STORE: z._default(z.string(), join(import.meta.dirname, "../../.inbound")),
});

/**
 * Finds the user pool, and its access key: of the environment variables AUTHING_ACCESS_KEY_ID and AUTHING_ACCESS_KEY_SECRET, else of the file
 * that INBOUND_SECRETS names. Nothing is taken for granted: without either, nothing is done.
 *
 * @throws InboundError `misconfigured` `access-key-missing`.
 */
export async function openPool(config: Config, options: PoolOptions): Promise<Pool> {
  const { sandbox, "key-of": stage, region } = options;
  if (sandbox && stage !== undefined)
    throw new UsageError("--sandbox and --key-of name two user pools", ["give one of them"]);
  const settings = localSettings();
  const environment = z.parse(Environment, process.env);
  const host = sandbox
    ? `http://localhost:${settings.port + 1}`
    : (settings.authingHost ?? config.authing.host);
  if (sandbox) await findStack(`http://localhost:${settings.port}`);
  const loadSecret = sandbox
    ? localSecrets(settings)
    : stage !== undefined
      ? await stageSecrets(stage, region)
      : ownSecrets(environment, settings);
  const [{ accessKeyId }] = await secretReader(loadSecret).read("authing", AuthingSecret);
  const hash = createHash("sha256")
    .update(JSON.stringify([host, accessKeyId]))
    .digest("hex");
  const name = `${host.replace(/^https?:\/\//, "").replaceAll(/[^a-z0-9.-]/gi, "-")}-${hash.slice(0, 8)}`;
  return {
    host,
    accessKeyId,
    loadSecret,
    folder: join(resolve(process.env["INIT_CWD"] ?? ".", environment.INBOUND_STORE), "imports", name),
    place: sandbox
      ? "--sandbox"
      : [stage && `--key-of ${stage}`, region && `--region ${region}`].filter(Boolean).join(" "),
  };
}

/** The secrets of a deployed stage, read with the operator's own credentials. */
async function stageSecrets(stage: string, region: string | undefined): Promise<LoadSecret> {
  const { aws, stack } = await openDeployedStage(stage, region);
  return (name) => aws.secret(outputOf(stack, outputNames.secretName(name)));
}

function ownSecrets(
  {
    AUTHING_ACCESS_KEY_ID: accessKeyId,
    AUTHING_ACCESS_KEY_SECRET: accessKeySecret,
  }: z.infer<typeof Environment>,
  settings: ReturnType<typeof localSettings>,
): LoadSecret {
  const hasKey = Boolean(accessKeyId && accessKeySecret);
  if (!hasKey && settings.isInvented) {
    throw new InboundError("misconfigured", "access-key-missing", {
      hint:
        "set AUTHING_ACCESS_KEY_ID and AUTHING_ACCESS_KEY_SECRET, or INBOUND_SECRETS, or name a deployed stage with --key-of; " +
        "--sandbox imports into the sandbox of npm start",
    });
  }
  const file = localSecrets(settings);
  return async (name) =>
    hasKey && name === "authing" ? { current: { accessKeyId, accessKeySecret } } : file(name);
}
