import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { AuthingCredentials } from "#lib/authing/signature.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { createGate } from "./authentication.ts";
import * as envelope from "./envelope.ts";
import type { Answer } from "./envelope.ts";
import { control, controlPrefix } from "./control.ts";
import { createFaults } from "./faults.ts";
import type { Fault, ScriptedFault } from "./faults.ts";
import { createOperations } from "./endpoints.ts";
import type { PoolRules } from "./pool-rules.ts";
import type { Operation } from "./operation.ts";
import { createPasswordKeys } from "./password-keys.ts";
import { createPeople } from "./people.ts";
import type { StoredOtp, StoredPassword } from "./people.ts";
import { createRecorder } from "./recorder.ts";
import type { RecordedRequest } from "./recorder.ts";
import { toUserDto } from "./user-dto.ts";

export type { Fault };
/** A person as `get-user` returns it when every detail is requested. */
type SandboxUser = ReturnType<typeof toUserDto>;

export interface SandboxOptions extends Partial<PoolRules> {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** All of them are valid at once. The first one's id is the id of the user pool too, as that of Authing's pool key is. */
  readonly accessKeys: readonly AuthingCredentials[];
  /** Unix milliseconds. Default: the clock. */
  readonly now?: () => number;
  /** By how many seconds a request's date may differ, in the past or the future. Authing does not document its own. Default 300. */
  readonly clockToleranceSeconds?: number;
  /** Sends a refusal's statusCode as HTTP status; such answers have been seen, too. Default false: HTTP 200, as documented. */
  readonly refusalsInHttpStatus?: boolean;
}

export interface Sandbox {
  /** `http://localhost:<port>`: the one plain-http form of a host that authing-node-sdk leaves as it is. */
  readonly url: string;
  readonly port: number;
  readonly userPoolId: string;
  /** All people, in the order of their creation. */
  users(): SandboxUser[];
  otpOf(userId: string): StoredOtp | undefined;
  /** Decrypted, where it was sent encrypted. */
  passwordOf(userId: string): StoredPassword | undefined;
  /** The latest 50,000 requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Adds faults to the script. */
  script(faults: readonly ScriptedFault[]): void;
  /** Scripted faults that have not happened yet. */
  readonly pendingFaults: number;
  /** Replaces the valid keys from the next request on; a token becomes invalid together with the key that it was requested with. */
  setAccessKeys(accessKeys: readonly AuthingCredentials[]): void;
  /** Replaces the keys that passwords are encrypted with. */
  rotatePasswordKeys(): void;
  /** Ends every connection, also those that a fault keeps open. */
  close(): Promise<void>;
}

const maxBodyBytes = 1024 * 1024;
const apiPrefix = "/api/v3/";

/**
 * Starts a stand-in for Authing's Management API v3, in memory, on the loopback interface only.
 *
 * Over HTTP, without any proof and for a `Host` of this machine only:
 * `POST /__sandbox/faults` (`[{"on": "create-users-batch", "fault": {"kind": "http-429", "retryAfterSeconds": 2}, "times": 3}]`),
 * `DELETE /__sandbox/faults`, `POST /__sandbox/look-up-lag` (`{"milliseconds": 5000}`), `GET /__sandbox/requests` and
 * `GET /__sandbox/people`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const now = options.now ?? Date.now;
  const people = createPeople(now, options.lookUpLagMilliseconds);
  const faults = createFaults();
  const recorder = createRecorder();
  const closing = new AbortController();
  let accessKeys: readonly AuthingCredentials[] = options.accessKeys;
  const userPoolId = options.accessKeys[0]?.accessKeyId;
  if (!userPoolId) throw new InboundError("misconfigured", "sandbox-without-access-key");
  const gate = createGate({
    accessKeys: () => accessKeys,
    userPoolId,
    now,
    clockToleranceSeconds: options.clockToleranceSeconds ?? 300,
  });
  const passwordKeys = createPasswordKeys();
  const operations = new Map<string, Operation>(
    Object.entries(
      createOperations(people, passwordKeys, {
        batchMode: options.batchMode ?? "all-or-nothing",
        duplicateCodes: options.duplicateCodes ?? false,
        departments: options.departments,
        organizations: options.organizations,
        customFields: options.customFields,
        unknownInLookUp: options.unknownInLookUp ?? "left-out",
      }),
    ),
  );
  operations.set("get-management-token", {
    method: "POST",
    open: true,
    run: ({ accessKeyId, accessKeySecret }) => gate.issueToken(accessKeyId, accessKeySecret),
  });

  async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const startedAt = performance.now();
    const method = request.method ?? "GET";
    const language = request.headers["x-authing-lang"];
    const body = await readBody(request);
    const data = method === "GET" ? parseQuery(url.searchParams) : parseBody(body);
    const name = url.pathname.startsWith(apiPrefix) ? url.pathname.slice(apiPrefix.length) : "";
    const operation = operations.get(name);
    const recorded = recorder.add({
      method,
      path: url.pathname,
      operation: name,
      at: new Date(now()).toISOString(),
      count: countOf(data),
      bytes: body?.length ?? maxBodyBytes,
      ...headersOf(request),
      // The only request whose body holds the secret of an access key.
      ...(data && name !== "get-management-token" && { body: data }),
    });

    const send = (answer: Answer, httpStatus?: number, headers: Record<string, string> = {}): void => {
      if (operation?.bare && "data" in answer) return sendText(JSON.stringify(answer.data), 200, headers);
      const requestId = randomUUID();
      const wrapped = envelope.envelope(
        answer,
        typeof language === "string" ? language : undefined,
        requestId,
      );
      recorded.statusCode = wrapped.statusCode;
      recorded.requestId = requestId;
      if (wrapped.apiCode !== undefined) recorded.apiCode = wrapped.apiCode;
      const status = httpStatus ?? (options.refusalsInHttpStatus ? wrapped.statusCode : 200);
      sendText(JSON.stringify(wrapped), status, headers);
    };
    const sendText = (text: string, status: number, headers: Record<string, string> = {}): void => {
      recorded.httpStatus = status;
      recorded.milliseconds = Math.round(performance.now() - startedAt);
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers }).end(text);
    };

    if (!body) return send({ refusal: envelope.oversized }, 413, { connection: "close" });
    if (!operation) return send({ refusal: envelope.unknownPath }, 404);
    if (operation.method !== method) return send({ refusal: envelope.wrongMethod });
    if (!data) return send({ refusal: envelope.badParameter("body") });
    if (!operation.open) {
      const refusal = gate.check({ method, path: url.pathname, headers: request.headers, data });
      if (refusal) return send({ refusal });
    }

    const fault = faults.next(name) ?? { kind: "none" };
    if (fault.kind !== "none") recorded.fault = fault.kind;
    switch (fault.kind) {
      case "none":
        return send(operation.run(data));
      case "omits-one":
        return send(operation.run(data, { omitsOne: true }));
      case "slow":
        await wait(fault.milliseconds, undefined, { ref: false, signal: closing.signal });
        return send(operation.run(data));
      case "http-429": {
        const { retryAfterSeconds } = fault;
        const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
        return send({ refusal: envelope.throttled }, 429, headers);
      }
      case "body-429":
        return send({ refusal: envelope.throttled }, 200);
      case "unauthorized":
        return send({ refusal: envelope.badSignature });
      case "reset-before-applying":
        return reset(request);
      case "reset-after-applying":
        operation.run(data);
        return reset(request);
      case "hang-after-applying":
        operation.run(data);
        return;
      case "http-500":
      case "body-500":
        if (fault.applied) operation.run(data);
        return send({ refusal: envelope.serverError }, fault.kind === "http-500" ? 500 : 200);
      case "http-502":
        if (fault.applied) operation.run(data);
        return sendText(page("502 Bad Gateway"), 502, html);
      case "html-200":
        if (fault.applied) operation.run(data);
        return sendText(page("Welcome"), 200, html);
      case "empty-200":
        if (fault.applied) operation.run(data);
        return send({ data: [] });
      case "http-503":
        if (fault.applied) operation.run(data);
        return sendText("Service Unavailable", 503, { "content-type": "text/plain" });
    }
  }

  async function serveControl(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    const send = (status: number, value: unknown) =>
      void response
        .writeHead(status, { "content-type": "application/json; charset=utf-8" })
        .end(JSON.stringify(value));
    // The socket listens on the loopback interface; these checks also refuse web pages: those whose own host name resolves to it, and
    // those that have a browser send something here.
    const { host = "", origin } = request.headers;
    if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host)) return send(403, { reason: "foreign-host" });
    if (origin !== undefined) return send(403, { reason: "foreign-page" });
    const asked = `${request.method} ${path.slice(controlPrefix.length)}`;
    const { status, value } = control(asked, parseJson(await readBody(request)), {
      faults,
      people,
      requests: recorder.requests,
      operations: [...operations.keys()],
      users,
    });
    send(status, value);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`http://localhost${request.url}`);
    return url.pathname.startsWith(controlPrefix)
      ? serveControl(request, response, url.pathname)
      : serveApi(request, response, url);
  }

  const users = () => people.all().map((person) => toUserDto(person));

  const server = createServer((request, response) => {
    // By the sandbox's clock, because a client may correct its own clock by this header.
    response.setHeader("date", new Date(now()).toUTCString());
    // The client has disconnected, or the sandbox is closing: no answer can be sent. Any other error is a defect of the sandbox.
    serve(request, response).catch(() => {
      if (response.headersSent || request.socket.destroyed) return void request.destroy();
      response.writeHead(500, { "content-type": "text/plain" }).end("The sandbox itself has failed");
    });
  });
  // Longer than a client keeps an idle connection, so that the server never closes a connection while a request arrives on it.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;

  return {
    url: `http://localhost:${port}`,
    port,
    userPoolId,
    users,
    otpOf: (userId) => people.find(userId)?.otp,
    passwordOf: (userId) => people.find(userId)?.password,
    requests: recorder.requests,
    script: faults.add,
    get pendingFaults() {
      return faults.pending;
    },
    setAccessKeys(replacement) {
      accessKeys = replacement;
    },
    rotatePasswordKeys: passwordKeys.rotate,
    close() {
      closing.abort();
      return (closed ??= new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }));
    },
  };
}

const html = { "content-type": "text/html; charset=utf-8" };
const page = (title: string) =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body>${title}</body></html>`;

function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

/** The body, or undefined when it is too large. It is read to its end even then, so that the client can read the refusal. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
    else if (size > 16 * maxBodyBytes) throw new Error("body without end");
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

function parseJson(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString("utf8") ?? "");
  } catch {
    return undefined;
  }
}

type Data = Readonly<Record<string, unknown>>;

function parseBody(body: Buffer | undefined): Data | undefined {
  const parsed = body?.length === 0 ? {} : parseJson(body);
  return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
    ? (parsed as Data)
    : undefined;
}

/** The query as it was before URL encoding, which is what the signature covers: `a[]=1&a[]=2` and `a=1&a=2` are lists. */
function parseQuery(parameters: URLSearchParams): Data {
  const data: Record<string, unknown> = Object.create(null);
  for (const name of parameters.keys()) {
    const values = parameters.getAll(name);
    data[name.replace(/\[\]$/, "")] = name.endsWith("[]") || values.length > 1 ? values : values[0];
  }
  return data;
}

function countOf(data: Data | undefined): number {
  const items = data?.["list"] ?? data?.["userIds"];
  return Array.isArray(items) ? items.length : 1;
}

function headersOf({ headers }: IncomingMessage): { nonce?: string; date?: string } {
  const nonce = headers["x-authing-signature-nonce"];
  return {
    ...(typeof nonce === "string" && { nonce }),
    ...(headers.date !== undefined && { date: headers.date }),
  };
}
