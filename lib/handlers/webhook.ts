import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { receive, type ReceivePorts } from "#lib/pipeline/receive.ts";
import type { Delivery } from "#lib/contract/proof.ts";
import type { Receiver, Reply } from "#lib/contract/source.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { failureReply } from "./middleware/failure-reply.ts";
import { logContext } from "./middleware/log-context.ts";
import { openPorts } from "./middleware/open-ports.ts";

/** The Lambda handler of one source, for API Gateway's HTTP API and for Function URLs (payload format 2.0 both). */
export function webhook<Secret>(source: Receiver<Secret>, open: () => ReceivePorts) {
  return lambdaHandler<APIGatewayProxyEventV2, ReceivePorts, APIGatewayProxyStructuredResultV2>(
    [failureReply(), openPorts(open), logContext()],
    async (event, { ports }) => answerOf(await receive(source, deliveryOf(event), ports)),
  );
}

function answerOf({ status, headers, body }: Reply): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    ...(headers && { headers: { ...headers } }),
    ...(body !== undefined && { body }),
  };
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

/** What follows `/webhooks/<source>/`. A token is made of characters that no gateway encodes. */
function pathTokenIn(path: string): string | undefined {
  return /\/webhooks\/[^/]+\/(.+)$/s.exec(path)?.[1];
}
