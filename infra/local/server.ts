import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The answer of a route. An object is written as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface LocalRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names, repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface LocalServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `answer` on 127.0.0.1, whole bodies up to `maxBodyBytes(method)`; a larger one is answered with 413. */
export async function serve(
  port: number,
  maxBodyBytes: (method: string) => number,
  answer: (request: LocalRequest) => Promise<Answer>,
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? "GET";
    const body = await readBody(request, maxBodyBytes(method));
    if (body === undefined) {
      // The rest of the body is not read: the connection is closed after the answer.
      response.writeHead(413, { connection: "close" }).end();
      return;
    }
    const url = URL.parse(request.url ?? "/", "http://localhost") ?? new URL("http://localhost/");
    const {
      status,
      headers = {},
      body: content,
    } = await answer({ method, url, headers: headersOf(request), body });
    if (content === undefined || typeof content === "string" || Buffer.isBuffer(content)) {
      response.writeHead(status, headers).end(content);
    } else {
      response
        .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
        .end(`${JSON.stringify(content, undefined, 2)}\n`);
    }
  }

  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, "close");
    },
  };
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(",")]),
  );
}
