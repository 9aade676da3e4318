import { onTestFinished } from "vitest";
import { defineConfig } from "#lib/config.ts";
import type { SecretVersions } from "#lib/contract/secrets.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { signDelivery } from "#infra/fixtures/cases.ts";
import { startStack, type Stack, type StackOptions } from "#infra/local/stack.ts";

const config = defineConfig({ sources: { bamboohr: {}, clerk: {} } });

/** The secrets of the tests; a test may change its own copy to rotate one. */
const invented = (): Record<string, SecretVersions> => ({
  authing: { current: { accessKeyId: "63f0a1b2c3d4e5f607182930", accessKeySecret: "invented-secret" } },
  "sources/bamboohr": { current: { privateKey: "invented-private-key" } },
  "sources/clerk": { current: { signingSecret: "whsec_aW52ZW50ZWQtc2lnbmluZy1zZWNyZXQtMDAy" } },
});

export interface Journey {
  readonly stack: Stack;
  readonly secrets: Record<string, SecretVersions>;
  readonly log: string[];
  /** Posts a body as the source would send it now, or as `change` makes it; resolves to the answer. */
  send(
    source: string,
    body: unknown,
    change?: (request: { headers: Record<string, string>; body: Uint8Array }) => {
      headers: Record<string, string>;
      body: Uint8Array | string;
    },
    at?: { now?: number; id?: string; secret?: unknown },
  ): Promise<Response>;
  /** Puts a file into `incoming/<folder>/`, or into `plan/<folder>/` for a preview; resolves to the import's id when it has ended. */
  upload(
    folder: "users" | "otp" | `users/${string}`,
    name: string,
    text: string | Uint8Array,
    root?: "incoming" | "plan",
  ): Promise<string>;
  result(importId: string, file: string): Promise<string>;
  resultBytes(importId: string, file: string): Promise<Buffer>;
  /** `summary.json` of an import. */
  summary(importId: string): Promise<any>;
  person(externalId: string): Promise<{ status: number; body: any }>;
  /** The answer of `POST /operations`. */
  operate(request: object): Promise<{ status: number; body: any }>;
}

/** A whole bundle in memory, for one test. */
export async function journey(options: Partial<StackOptions> = {}): Promise<Journey> {
  const secrets = invented();
  const log: string[] = [];
  const line = (level: string) => (message: string, fields?: object) => {
    log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  };
  const stack = await startStack({
    config,
    port: 0,
    loadSecret: async (name) => {
      const versions = secrets[name];
      if (!versions) throw new InboundError("misconfigured", "secret-missing");
      return structuredClone(versions);
    },
    log: { info: line("info"), warn: line("warn"), error: line("error") },
    ...options,
  });
  onTestFinished(() => stack.close());

  async function resultBytes(importId: string, file: string): Promise<Buffer> {
    const answer = await fetch(`${stack.url}/uploads/results/${encodeURIComponent(importId)}/${file}`);
    if (!answer.ok) throw new Error(`${answer.status} for ${file}\n${log.join("\n")}`);
    return Buffer.from(await answer.arrayBuffer());
  }
  const result: Journey["result"] = async (importId, file) =>
    new TextDecoder().decode(await resultBytes(importId, file));

  return {
    stack,
    secrets,
    log,
    async send(
      source,
      body,
      change = (request) => request,
      { now = Date.now(), id = `msg_${now}`, secret } = {},
    ) {
      const definition = enabledSources(options.config ?? config).get(source);
      if (!definition) throw new Error(`no source ${source}`);
      const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      const signed = signDelivery(
        definition,
        (secret ?? secrets[`sources/${source}`]?.current) as never,
        { body: bytes, contentType: "application/json" },
        { now, id },
      );
      const request = change({ headers: { ...signed.headers }, body: signed.body });
      return fetch(`${stack.url}/webhooks/${source}`, {
        method: "POST",
        headers: request.headers,
        body: request.body as Uint8Array<ArrayBuffer>,
      });
    },
    async upload(folder, name, text, root = "incoming") {
      const answer = await fetch(`${stack.url}/uploads/${root}/${folder}/${encodeURIComponent(name)}`, {
        method: "PUT",
        body: text as Uint8Array<ArrayBuffer>,
      });
      const { import: id } = (await answer.json()) as { import: string };
      await stack.settled();
      return id;
    },
    result,
    resultBytes,
    summary: async (importId) => JSON.parse(await result(importId, "summary.json")),
    async operate(request) {
      const answer = await fetch(`${stack.url}/operations`, {
        method: "POST",
        // The server ends a connection that is kept for five seconds, and a test may be busy just then.
        headers: { connection: "close" },
        body: JSON.stringify(request),
      });
      return { status: answer.status, body: await answer.json() };
    },
    async person(externalId) {
      const answer = await fetch(`${stack.url}/people/${encodeURIComponent(externalId)}`);
      return { status: answer.status, body: await answer.json() };
    },
  };
}
