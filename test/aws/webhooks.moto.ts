import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { beforeAll, expect, it } from "vitest";
import bamboohr from "#lib/sources/bamboohr/index.ts";
import { createQueue, createSecret, putSecret, receiveAll } from "./resources.ts";

// The bundle as it is shipped, with nothing around it but an environment and AWS.

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

const secret = { privateKey: "0123456789abcdef0123456789abcdef" };
const name = "authing-inbound/bundled/sources/bamboohr";
let url = "";
let handler: Handler;
beforeAll(async () => {
  url = await createQueue("EventsQueue");
  Object.assign(process.env, {
    SERVICE: "authing-inbound",
    STAGE: "bundled",
    EVENTS_QUEUE_URL: url,
    BUCKET: "uploads",
  });
  const bundle = pathToFileURL("dist/webhooks-bamboohr/index.mjs").href;
  ({ handler } = (await import(/* @vite-ignore */ bundle)) as { handler: Handler });
});

async function post(at: number, key = secret): Promise<number | undefined> {
  const body = readFileSync("lib/sources/bamboohr/fixtures/employee-created/body.json");
  const signed = bamboohr.proof.sign(body, key, { now: at, id: "delivery-1" });
  const event = {
    version: "2.0",
    routeKey: "POST /webhooks/bamboohr",
    rawPath: "/webhooks/bamboohr",
    rawQueryString: "",
    headers: signed.headers,
    requestContext: { http: { method: "POST", path: "/webhooks/bamboohr" }, requestId: "r-1" },
    body: Buffer.from(signed.body).toString("base64"),
    isBase64Encoded: true,
  } as unknown as APIGatewayProxyEventV2;
  const context = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 10_000 } as Context;
  return (await handler(event, context)).statusCode;
}

it("asks the sender to come again until the secret has a value, then queues what is signed and nothing else", async () => {
  expect(await post(Date.now())).toBe(503);
  await createSecret(name);
  expect(await post(Date.now())).toBe(503);
  await putSecret(name, JSON.stringify(secret));
  expect(await post(Date.now())).toBe(202);
  expect(await post(Date.now(), { privateKey: "another" })).toBe(401);
  expect(await receiveAll(url)).toMatchObject([{ body: { kind: "event", source: "bamboohr" } }]);
});
