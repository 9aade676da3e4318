import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { awsCall, type Account, type AwsCall } from "./call.ts";

export interface Recorder {
  /** What the SDK takes as `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly calls: readonly AwsCall[];
  /** Answers the next `times` calls of this action, of whatever function, with 503: AWS is in trouble. */
  refuse(action: string, times: number): void;
  close(): Promise<void>;
}

export interface RecorderOptions extends Account {
  /** Where AWS is. */
  readonly aws: string;
}

/**
 * Stands in front of AWS and writes down who asks for what. The access key says who: each function has its own, as each has
 * a role. Every stack has an account of its own there.
 */
export async function startRecorder({ aws, ...where }: RecorderOptions): Promise<Recorder> {
  const calls: AwsCall[] = [];
  const refusals = new Map<string, number>();

  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const call = awsCall(request, body, where);
      const refused = refusals.get(call.action) ?? 0;
      if (refused > 0 && call.caller !== "tests") {
        refusals.set(call.action, refused - 1);
        calls.push({ ...call, status: 503 });
        response.writeHead(503).end("{}");
        return;
      }
      const headers = { ...request.headers, "x-moto-account-id": where.account, connection: "close" };
      const forwarded = httpRequest(new URL(request.url ?? "/", aws), {
        method: request.method,
        // One connection a request: moto answers one at a time, and a connection that stays open is one that it waits for.
        agent: false,
        headers,
      });
      forwarded.end(body);
      const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
      const status = answer.statusCode ?? 0;
      calls.push({ ...call, status });
      const { connection: _, ...answered } = answer.headers;
      response.writeHead(status, answered);
      answer.pipe(response);
    })().catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refuse: (action, times) => void refusals.set(action, times),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
