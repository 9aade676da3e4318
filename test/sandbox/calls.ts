import { randomUUID } from "node:crypto";
import { encodeQuery, signRequest } from "#lib/authing/signature.ts";
import type { AuthingCredentials } from "#lib/authing/signature.ts";
import { startSandbox } from "#infra/sandbox/sandbox.ts";
import type { Sandbox, SandboxOptions } from "#infra/sandbox/sandbox.ts";
import { onTestFinished } from "vitest";

export const accessKey: AuthingCredentials = {
  accessKeyId: "65f1c0de0000000000000001",
  accessKeySecret: "an-invented-secret-of-the-pool-01",
};

/** A sandbox for one test. */
export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ accessKeys: [accessKey], ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

export interface Reply {
  readonly httpStatus: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text, parsed where it is JSON; `data` as the endpoints that answer with people have it. */
  readonly body: {
    readonly statusCode?: number;
    readonly apiCode?: number;
    readonly message?: string;
    readonly data?: readonly { readonly userId: string }[];
  };
}

/** A signed request that a test can send several times. */
export function signed(
  sandbox: Pick<Sandbox, "url">,
  operation: string,
  data: object,
  {
    method = operation.startsWith("get-") ? "GET" : "POST",
    credentials = accessKey,
    date = new Date().toUTCString(),
    nonce = randomUUID(),
    language = "en-US",
  } = {},
): Request {
  const path = `/api/v3/${operation}`;
  const headers: Record<string, string> = {
    date,
    "x-authing-lang": language,
    "x-authing-signature-method": "HMAC-SHA1",
    "x-authing-signature-nonce": nonce,
    "x-authing-signature-version": "1.0",
  };
  headers["authorization"] = signRequest({ method, path, headers, data }, credentials);
  headers["content-type"] = "application/json";
  return method === "GET"
    ? new Request(`${sandbox.url}${path}?${encodeQuery(data)}`, { headers })
    : new Request(`${sandbox.url}${path}`, { method: "POST", headers, body: JSON.stringify(data) });
}

export async function send(request: Request): Promise<Reply> {
  const response = await fetch(request.clone());
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return {
    httpStatus: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : {},
  };
}

/** Signs and sends. */
export const call = (
  sandbox: Pick<Sandbox, "url">,
  operation: string,
  data: object,
  options?: Parameters<typeof signed>[3],
) => send(signed(sandbox, operation, data, options));
