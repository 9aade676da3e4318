import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { expect, it } from "vitest";
import { unclaimed } from "#lib/handlers/unclaimed.ts";
import httpApi from "./events/http-api.json" with { type: "json" };

const context = { awsRequestId: "1" } as Context;

function refuser() {
  const log: string[] = [];
  const line = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const handler = unclaimed(() => ({ sources: ["okta"], log: { info: line, warn: line, error: line } }));
  return {
    log,
    refuse: (rawPath: string) => handler({ ...httpApi, rawPath } as APIGatewayProxyEventV2, context),
  };
}

it("refuses every path alike, and logs nothing of what a scanner tries", async () => {
  const { log, refuse } = refuser();
  for (const path of ["/", "/.env", "/webhooks", "/webhooks/nobody", "/wp-login.php"]) {
    expect(await refuse(path)).toEqual({ statusCode: 401 });
  }
  expect(log).toEqual([]);
});

it("logs which route a path nearly is, and never the path", async () => {
  const { log, refuse } = refuser();
  for (const path of ["/webhook/okta", "/webhooks/okat", "/webhooks/okta/a-secret-in-the-path"]) {
    expect(await refuse(path)).toEqual({ statusCode: 401 });
  }
  expect(log).toHaveLength(3);
  for (const line of log) {
    expect(line).toMatch(/^delivery refused .*"reason":"route-unknown","nearSource":"okta","method":"POST"/);
    expect(line).not.toMatch(/okat|webhook\/|secret-in/);
  }
});
