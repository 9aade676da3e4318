import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { httpEvent, invocation } from "./deliveries.ts";

// The process that receives the burst, compiled to JavaScript before it is used: `burst-server.mjs <bundle>`. Lambda would start
// one for each event in flight; here there are as many as the machine has cores, and each handles many events at a time.

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

const [bundle = ""] = process.argv.slice(2);
const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: Handler };

// Lambda has a console of its own that collects the lines; here they are discarded, as all that goes to standard output.
const nothing = () => undefined;
Object.assign(console, { info: nothing, warn: nothing, error: nothing });

const server = createServer(async (request, response) => {
  try {
    const event = { ...httpEvent(request.headers as Record<string, string>), body: "" };
    event.body = (await buffer(request)).toString();
    const { statusCode = 200 } = await handler(event, invocation);
    response.writeHead(statusCode).end();
  } catch {
    response.writeHead(502).end();
  }
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMilliseconds: (user + system) / 1000, bytes: process.memoryUsage.rss() });
});
