import { Agent, request, type IncomingMessage } from "node:http";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

// The process of a function, as `node runtime-client.ts`: loads the handler that `_HANDLER` names and runs it for each event
// that the Runtime API has. It stands in for aws-lambda-ric, the client of AWS's own runtime, whose native part takes 100 s to
// compile. Requests and headers are those of https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, and the lines of the
// console those that AWS's client writes with log format JSON. Unlike Lambda it does not freeze the process between events, and what
// no code catches ends it without a word to the Runtime API, which finds out by itself.

/** How far the clock of the tests is ahead, in milliseconds: comes with each event. */
export const clockHeader = "x-clock-ahead-milliseconds";

if (import.meta.main) await run();

async function run(): Promise<void> {
  const environment = process.env as Readonly<Record<string, string>>;
  const clock = shiftedClock(Number(environment["CLOCK_AHEAD_MILLISECONDS"] ?? 0));
  let requestId: string | undefined;
  logAsJson(() => requestId);

  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async (method: string, path: string, body?: unknown) => {
    const sent = request(`http://${environment["AWS_LAMBDA_RUNTIME_API"]}/2018-06-01/runtime/${path}`, {
      agent,
      method,
      headers: { "content-type": "application/json" },
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve).once("error", reject);
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const response = await answered;
    return { headers: response.headers, body: await buffer(response) };
  };

  let handler: (event: unknown, context: object) => unknown;
  try {
    handler = await load(environment["LAMBDA_TASK_ROOT"] ?? "", environment["_HANDLER"] ?? "");
  } catch (error) {
    await call("POST", "init/error", told(error));
    process.exit(1);
  }

  for (;;) {
    // The Runtime API is gone: the test is over.
    const { headers, body } = await call("GET", "invocation/next").catch(() => process.exit(0));
    clock.ahead = Number(headers[clockHeader] ?? 0);
    requestId = String(headers["lambda-runtime-aws-request-id"]);
    const deadline = Number(headers["lambda-runtime-deadline-ms"]);
    const context = {
      functionName: environment["AWS_LAMBDA_FUNCTION_NAME"],
      functionVersion: environment["AWS_LAMBDA_FUNCTION_VERSION"],
      memoryLimitInMB: environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
      logGroupName: environment["AWS_LAMBDA_LOG_GROUP_NAME"],
      logStreamName: environment["AWS_LAMBDA_LOG_STREAM_NAME"],
      invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    try {
      const answer = await handler(JSON.parse(body.toString()), context);
      await call("POST", `invocation/${requestId}/response`, answer ?? null);
    } catch (error) {
      await call("POST", `invocation/${requestId}/error`, told(error));
    }
  }
}

/** `dist/events-apply/index.handler` → the export `handler` of `<root>/dist/events-apply/index.{js,mjs,cjs}`. */
async function load(root: string, name: string): Promise<(event: unknown, context: object) => unknown> {
  const at = name.lastIndexOf(".");
  const [path, exported] = [join(root, name.slice(0, at)), name.slice(at + 1)];
  const file = [".js", ".mjs", ".cjs"].map((extension) => path + extension).find((each) => existsSync(each));
  if (file === undefined) throw new TypeError(`no ${name}`);
  const { [exported]: handler } = await import(pathToFileURL(file).href);
  if (typeof handler !== "function") throw new TypeError(`${name} is not exported`);
  return handler;
}

function told(error: unknown) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split("\n") ?? [] }
    : { errorType: typeof error, errorMessage: String(error), stackTrace: [] };
}

/** Everything in this process that asks for the time gets the tests'. */
function shiftedClock(ahead: number): { ahead: number } {
  const clock = { ahead };
  const Machine = Date;
  globalThis.Date = class extends Machine {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [Machine.now() + clock.ahead] : given) as []));
    }
    static override now(): number {
      return Machine.now() + clock.ahead;
    }
  } as DateConstructor;
  return clock;
}

/** Log format JSON: a single object stays one, everything else becomes a text. */
function logAsJson(requestId: () => string | undefined): void {
  const levels = { debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" } as const;
  for (const [method, level] of Object.entries(levels)) {
    if (level === "DEBUG" && process.env["AWS_LAMBDA_LOG_LEVEL"] !== "DEBUG") {
      console.debug = () => {};
      continue;
    }
    console[method as keyof typeof levels] = (...given: unknown[]) => {
      const [only] = given;
      const isObject = given.length === 1 && typeof only === "object" && only !== null;
      const message = !isObject ? format(...given) : only instanceof Error ? told(only) : only;
      const line = { timestamp: new Date().toISOString(), level, requestId: requestId(), message };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  }
}
