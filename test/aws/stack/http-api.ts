import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { serve, type Answer, type LocalRequest, type LocalServer } from "#infra/local/server.ts";
import type { Invoked } from "./runtime-api.ts";

type Invoke = (event: unknown) => Promise<Invoked>;

/** What API Gateway takes of a body. */
const maximumBodyBytes = 10 * 1024 * 1024;
/** What Lambda takes of an event; Base64 counts. */
const maximumEventBytes = 6 * 1024 * 1024;

/**
 * API Gateway's HTTP API in front of functions, payload format 2.0. Routes are route keys of the template, e.g.
 * `ANY /webhooks/bamboohr` and `$default`.
 */
export function startHttpApi(routes: ReadonlyMap<string, Invoke>, now: () => number): Promise<LocalServer> {
  return serve(
    0,
    () => maximumBodyBytes,
    async (request): Promise<Answer> => {
      const { pathname } = request.url;
      const wanted = [`${request.method} ${pathname}`, `ANY ${pathname}`].find((key) => routes.has(key));
      const routeKey = wanted ?? "$default";
      const invoke = routes.get(routeKey);
      if (!invoke) return { status: 404, body: { message: "Not Found" } };
      const event = eventOf(request, routeKey, now());
      if (JSON.stringify(event).length > maximumEventBytes) {
        return { status: 413, body: { message: "Request Entity Too Large" } };
      }
      const invoked = await invoke(event);
      if ("error" in invoked) return { status: 500, body: { message: "Internal Server Error" } };
      return answerOf(invoked.payload);
    },
  );
}

function eventOf(
  { method, url, headers, body }: LocalRequest,
  routeKey: string,
  now: number,
): APIGatewayProxyEventV2 {
  const { cookie, ...others } = headers;
  // As measured on AWS: these go as text, everything else as Base64, forms and bodies without a type included.
  const isText = /^(text\/|application\/(json|xml|javascript)\b)/.test(headers["content-type"] ?? "");
  return {
    version: "2.0",
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split("; ") }),
    headers: others,
    ...(url.search !== "" && { queryStringParameters: Object.fromEntries(url.searchParams) }),
    requestContext: {
      accountId: "anonymous",
      apiId: "tests",
      domainName: url.host,
      domainPrefix: "tests",
      http: {
        method,
        path: url.pathname,
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey,
      stage: "$default",
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: !isText && body.length > 0,
  };
}

/** What a function gives back, as format 2.0 reads it: without a `statusCode` it is the body of a 200. */
function answerOf(payload: unknown): Answer {
  if (typeof payload !== "object" || payload === null || !("statusCode" in payload)) {
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(payload) };
  }
  const { statusCode, headers, body, isBase64Encoded } = payload as {
    statusCode: number;
    headers?: Record<string, string>;
    body?: string;
    isBase64Encoded?: boolean;
  };
  return {
    status: statusCode,
    ...(headers && { headers }),
    body: body !== undefined && isBase64Encoded ? Buffer.from(body, "base64") : body,
  };
}
