import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** The answer of a route. Text, bytes and pieces of bytes are written as they are, any other body as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request without its body. */
export interface RequestHead {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names, repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface LocalRequest extends RequestHead {
  readonly body: Buffer;
}

export interface ServerOptions {
  /** The address to listen on. Default 127.0.0.1: this machine alone. */
  readonly host?: string;
  /**
   * Answers a request whose body is read as it comes, up to `maxBodyBytes`; it throws `bodyTooLarge` while it is read. Returns
   * `undefined` for a request whose body `answer` gets whole.
   */
  readonly stream?: (head: RequestHead, body: AsyncIterable<Uint8Array>) => Promise<Answer> | undefined;
}

export interface LocalServer {
  readonly port: number;
  /** Takes no more requests. Those in work are ended `graceSeconds` later at the latest; default at once. */
  close(graceSeconds?: number): Promise<void>;
}

/** The body of a request is larger than its route takes. */
const bodyTooLarge = new Error("the body is too large");

/** Serves `answer`, whole bodies up to `maxBodyBytes(method)`; a larger one is answered with 413. */
export async function serve(
  port: number,
  maxBodyBytes: (method: string) => number,
  answer: (request: LocalRequest) => Promise<Answer>,
  { host = "127.0.0.1", stream }: ServerOptions = {},
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const url = URL.parse(request.url ?? "/", "http://localhost") ?? new URL("http://localhost/");
    const head = { method, url, headers: headersOf(request) };
    const body = upTo(maxBodyBytes(method), request);
    try {
      await write(
        response,
        await (stream?.(head, body) ?? answer({ ...head, body: Buffer.concat(await Array.fromAsync(body)) })),
      );
    } catch (error) {
      if (error !== bodyTooLarge) throw error;
      // The rest of the body is not read: the connection is closed after the answer.
      response.writeHead(413, { connection: "close" }).end();
    }
  }

  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close(graceSeconds = 0) {
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function write(
  response: ServerResponse,
  { status, headers = {}, body: content }: Answer,
): Promise<void> {
  if (content === undefined || typeof content === "string" || Buffer.isBuffer(content)) {
    response.writeHead(status, headers).end(content);
  } else if (Symbol.asyncIterator in (content as object)) {
    response.writeHead(status, headers);
    await pipeline(Readable.from(content as AsyncIterable<Uint8Array>), response);
  } else {
    response
      .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
      .end(`${JSON.stringify(content, undefined, 2)}\n`);
  }
}

/** The bytes of a body as they come. Throws `bodyTooLarge` before the first one beyond `maxBytes`. */
async function* upTo(maxBytes: number, request: IncomingMessage): AsyncGenerator<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw bodyTooLarge;
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw bodyTooLarge;
    yield chunk;
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(",")]),
  );
}
