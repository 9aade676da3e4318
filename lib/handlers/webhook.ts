import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { receive, type ReceivePorts } from "#lib/pipeline/receive.ts";
import type { Delivery, Receiver } from "#lib/contract/source.ts";

/**
 * The Lambda handler of one source, for API Gateway's HTTP API and for Function URLs (payload format 2.0 both).
 * `ports` is called once, at the first event, so that starting up costs nothing that a refused delivery does not need.
 */
export function webhook<Secret>(source: Receiver<Secret>, ports: () => ReceivePorts) {
  let opened: ReceivePorts | undefined;
  // No timer beside every event: whatever takes too long here has a limit of its own.
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({ timeoutEarlyInMillis: 0 })
    .onError((request) => {
      // Whatever gets here is ours, not the sender's: it shall come again.
      request.response = { statusCode: 503 };
    })
    .handler(async (event) => {
      opened ??= ports();
      const reply = await receive(source, deliveryOf(event), opened);
      return {
        statusCode: reply.status,
        ...(reply.headers && { headers: { ...reply.headers } }),
        ...(reply.body !== undefined && { body: reply.body }),
      };
    });
}

function deliveryOf(event: APIGatewayProxyEventV2): Delivery {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(event.headers)) {
    const value = event.headers[name];
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  const pathToken = pathTokenIn(event.rawPath);
  return {
    method: event.requestContext.http.method,
    headers,
    rawQuery: event.rawQueryString,
    query: new URLSearchParams(event.rawQueryString),
    ...(pathToken !== undefined && { pathToken }),
    // API Gateway hands over text for JSON, XML and text/*, Base64 for everything else, forms included.
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
    receivedAt: Date.now(),
  };
}

/** What stands behind `/webhooks/<source>/`. A token is made of characters that no gateway encodes. */
function pathTokenIn(path: string): string | undefined {
  return /\/webhooks\/[^/]+\/(.+)$/.exec(path)?.[1];
}
