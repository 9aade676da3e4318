import http from "node:http";
import https from "node:https";
import { urlToHttpOptions } from "node:url";

// One request over Node's own HTTP, and its result.

/** A request that is ready to be sent. */
interface Outgoing {
  readonly method: "GET" | "POST" | "PATCH";
  /** With its query, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  /** Less than the time that every request may take. */
  readonly timeoutSeconds?: number;
}

/** The whole answer, or how far the request got. */
export type Exchanged =
  | {
      readonly seen: "response";
      readonly httpStatus: number;
      readonly headers: http.IncomingHttpHeaders;
      readonly body: Buffer;
    }
  /** An answer that is longer than we take. */
  | { readonly seen: "oversized"; readonly httpStatus: number }
  /** No whole answer. `sent`: the connection was open, so that the other side may have read the request. */
  | { readonly seen: "nothing"; readonly sent: boolean; readonly errorCode?: string | undefined };

export interface Exchange {
  (outgoing: Outgoing): Promise<Exchanged>;
  /** Closes the connections that are kept. */
  close(): void;
}

/** Connections at once. Authing counts requests by user pool, and other systems do the same: more connections would only be throttled. */
const maxSockets = 16;
/** Longer than any answer about 50 people. */
const maxResponseBytes = 4 * 1024 * 1024;
/**
 * A kept connection that was idle for longer is not used again: Node's servers close it after 5 s. A function that Lambda froze in
 * between learns of that only when a request is lost on it, and a lost request cannot be told from one that was applied.
 */
const maxIdleMilliseconds = 4000;

/**
 * Makes requests to one host, over connections that are kept. Redirects are not followed (they would break the signature,
 * or carry it elsewhere), certificates always checked, the time from name look-up to last byte is `timeoutSeconds`.
 */
export function createExchange(host: URL, options: { timeoutSeconds: number; now: () => number }): Exchange {
  const { request, Agent } = host.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets, scheduling: "lifo" });
  const { protocol, hostname, port } = urlToHttpOptions(host);
  let lastUsedAt = options.now();

  function exchange({ method, path, headers, body, ...limits }: Outgoing): Promise<Exchanged> {
    if (Math.abs(options.now() - lastUsedAt) > maxIdleMilliseconds) dropIdle(agent);
    lastUsedAt = options.now();
    return new Promise((resolve) => {
      let sent = false;
      let finished = false;
      const outgoing = request({
        protocol,
        hostname,
        port,
        method,
        path,
        agent,
        // Node writes headers that are given as a list as they are, and checks each of them once less.
        headers: Object.entries({
          host: host.host,
          ...headers,
          ...(body !== undefined && { "content-length": String(body.length) }),
        }).flat(),
      });
      const timeoutSeconds = Math.min(options.timeoutSeconds, limits.timeoutSeconds ?? Infinity);
      const timer = setTimeout(() => finish(nothing("ETIMEDOUT")), timeoutSeconds * 1000);
      const nothing = (errorCode?: string): Exchanged => ({ seen: "nothing", sent, errorCode });

      function finish(exchanged: Exchanged): void {
        if (finished) return;
        finished = true;
        clearTimeout(timer);
        lastUsedAt = options.now();
        resolve(exchanged);
        // A connection with anything left on it must not be used again.
        if (exchanged.seen !== "response") outgoing.destroy();
      }

      outgoing.on("socket", (socket) => {
        // Node sends bytes as soon as the connection is open, and with TLS only after the certificate was found valid.
        if (outgoing.reusedSocket) sent = true;
        else socket.once(host.protocol === "https:" ? "secureConnect" : "connect", () => (sent = true));
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => finish(nothing(error.code)));
      outgoing.on("response", (response) => {
        const httpStatus = response.statusCode ?? 0;
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxResponseBytes) return finish({ seen: "oversized", httpStatus });
          chunks.push(chunk);
        });
        response.on("error", (error: NodeJS.ErrnoException) => finish(nothing(error.code)));
        response.on("end", () =>
          finish({ seen: "response", httpStatus, headers: response.headers, body: joined(chunks) }),
        );
      });
      outgoing.end(body);
    });
  }

  return Object.assign(exchange, { close: () => agent.destroy() });
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function dropIdle(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
