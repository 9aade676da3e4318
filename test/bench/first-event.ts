import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

// The fresh process of a cold start, compiled to JavaScript before it is used: `first-event.mjs <bundle> <event as JSON>
// <bytes of its body>`. Loads the bundle and hands it the event, as Lambda does, and reports what it cost since the spawn.

interface Bundle {
  handler(event: unknown, context: Context): Promise<{ statusCode?: number } | undefined>;
}

const [bundle = "", text = "{}", bodyBytes = "0"] = process.argv.slice(2);
const event = JSON.parse(text) as APIGatewayProxyEventV2;
if (Number(bodyBytes) > 0) event.body = "x".repeat(Number(bodyBytes));

// Lambda replaces the console by its own, which writes its arguments as JSON.
const line = (entry: unknown) => void writeSync(2, `${JSON.stringify(entry)}\n`);
Object.assign(console, { info: line, warn: line, error: line });

const context = {
  awsRequestId: "00000000-0000-4000-8000-000000000000",
  functionName: "bench",
  getRemainingTimeInMillis: () => 10_000,
} as Context;

const { handler } = (await import(pathToFileURL(bundle).href)) as Bundle;
const loaded = process.cpuUsage();
const answer = await handler(event, context);
const { user, system } = process.cpuUsage();
const wall = performance.now();
const report = {
  status: answer?.statusCode ?? 0,
  costs: {
    "CPU ms": (user + system) / 1000,
    "of it loading": (loaded.user + loaded.system) / 1000,
    "wall ms": wall,
    // The current memory, not the peak: Linux lets a child inherit the peak of its parent.
    "RSS MB": process.memoryUsage.rss() / 2 ** 20,
  },
};
writeSync(1, `${JSON.stringify(report)}\n`);
// Connections that are kept alive would keep the process running.
process.exit();
