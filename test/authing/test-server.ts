import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAuthingClient } from "#lib/authing/client.ts";
import type { AuthingClient, AuthingSettings } from "#lib/authing/client.ts";

export interface Recorded {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly requests: Recorded[];
  /** How many connections were opened. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export type Respond = (response: ServerResponse, recorded: Recorded, request: IncomingMessage) => void;

/** A server on the loopback interface that records its requests. */
export async function startServer(respond: Respond): Promise<TestServer> {
  const requests: Recorded[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const recorded = { method, target: url, headers, body: Buffer.concat(chunks).toString("utf8") };
      requests.push(recorded);
      respond(response, recorded, request);
    });
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Body {
  readonly statusCode: number;
  readonly [field: string]: unknown;
}

export function respondWith(
  response: ServerResponse,
  body: Body | string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, headers);
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

export const accessKey = {
  accessKeyId: "6250f12d5d0000009bcfc784",
  accessKeySecret: "4ae78d3e579a6d00001aeca7b1e29ec2",
};

/** Starts a server with these answers and a client of it; closes both when `use` has ended. */
export async function withAuthing(
  respond: Respond,
  settings: Partial<AuthingSettings>,
  use: (client: AuthingClient, server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startServer(respond);
  const client = createAuthingClient({
    host: server.url,
    credentials: () => Promise.resolve(accessKey),
    ...settings,
  });
  try {
    await use(client, server);
  } finally {
    client.close();
    await server.close();
  }
}
