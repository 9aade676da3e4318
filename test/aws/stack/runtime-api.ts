import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { clockHeader } from "./runtime-client.ts";

/** What became of an invocation: what the handler gave back, or why it did not. */
export type Invoked =
  | { readonly payload: unknown }
  | { readonly error: { readonly errorType: string; readonly errorMessage?: string } };

/** The side of Lambda that one environment of a function talks to. */
export interface RuntimeApi {
  /** `<host>:<port>`, as `AWS_LAMBDA_RUNTIME_API` has it. */
  readonly address: string;
  /** Hands over an event, once the runtime asks for one. One at a time. */
  invoke(event: unknown, at: { deadline: number; clockAheadMilliseconds: number }): Promise<Invoked>;
  /** Ends what is being invoked with an error: the process has ended, or its time is over. */
  fail(errorType: string): void;
  close(): void;
}

/** Serves the Lambda Runtime API, version 2018-06-01, to one process. `gone` hears that it could not load its handler, and ends. */
export async function startRuntimeApi(functionArn: string, gone: () => void): Promise<RuntimeApi> {
  interface Invocation {
    readonly id: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly settle: (result: Invoked) => void;
  }
  let waiting: Invocation | undefined;
  let running: Invocation | undefined;
  let asking: ServerResponse | undefined;

  function handOver(): void {
    if (!waiting || !asking) return;
    running = waiting;
    asking.writeHead(200, { "content-type": "application/json", ...running.headers }).end(running.body);
    waiting = undefined;
    asking = undefined;
  }
  function settle(result: Invoked): void {
    const invocation = running ?? waiting;
    running = undefined;
    waiting = undefined;
    invocation?.settle(result);
  }

  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const path = (request.url ?? "").replace("/2018-06-01/runtime/", "");
      if (request.method === "GET" && path === "invocation/next") {
        asking = response;
        return handOver();
      }
      const accept = () => response.writeHead(202, { "content-type": "application/json" }).end("{}");
      if (path === "init/error") {
        gone();
        settle({ error: JSON.parse(body.toString()) });
        return accept();
      }
      const [, id, what] = path.split("/");
      // As Lambda does to an answer that comes too late.
      if (!running || id !== running.id) return response.writeHead(400).end("{}");
      settle(
        what === "response"
          ? { payload: JSON.parse(body.toString()) }
          : { error: JSON.parse(body.toString()) },
      );
      return accept();
    });
  });
  // As long as it takes until there is something to do.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    invoke(event, { deadline, clockAheadMilliseconds }) {
      return new Promise((settled) => {
        const id = randomUUID();
        waiting = {
          id,
          body: JSON.stringify(event),
          headers: {
            "lambda-runtime-aws-request-id": id,
            "lambda-runtime-deadline-ms": String(deadline),
            "lambda-runtime-invoked-function-arn": functionArn,
            "lambda-runtime-trace-id": "Root=1-00000000-000000000000000000000000;Sampled=0",
            [clockHeader]: String(clockAheadMilliseconds),
          },
          settle: settled,
        };
        handOver();
      });
    },
    fail: (errorType) => settle({ error: { errorType } }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
