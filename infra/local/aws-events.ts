import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { ObjectReference } from "#lib/contract/objects.ts";
import type { LocalRequest } from "./server.ts";

// What happens on a laptop, as the events in which AWS would tell it to the functions.

/** The event that API Gateway's HTTP API makes of a request, with the same choice between text and Base64. */
export function httpEvent({ method, url, headers, body }: LocalRequest): APIGatewayProxyEventV2 {
  const isText = /^(text\/|application\/(json|xml|javascript)\b)/.test(headers["content-type"] ?? "");
  return {
    version: "2.0",
    routeKey: `${method} ${url.pathname}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: { ...headers },
    requestContext: { http: { method, path: url.pathname } } as APIGatewayProxyEventV2["requestContext"],
    body: body.toString(isText ? "utf8" : "base64"),
    isBase64Encoded: !isText,
  };
}

/** The event that EventBridge sends about an upload. */
export function objectCreated({ bucket, key, versionId, etag, size }: ObjectReference) {
  return {
    "detail-type": "Object Created",
    source: "aws.s3",
    detail: { bucket: { name: bucket }, object: { key, size, etag, "version-id": versionId } },
  };
}
