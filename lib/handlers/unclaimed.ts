import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { Log } from "#lib/contract/log.ts";
import { nearRoute } from "#lib/pipeline/near-route.ts";
import { shapeOf, tellRefusal } from "#lib/pipeline/refusal.ts";

export interface UnclaimedPorts {
  /** The sources that have a route. */
  readonly sources: readonly string[];
  readonly log: Log;
}

/**
 * The Lambda handler of every path that is no webhook: answers 401, as a bad proof is answered, so that a caller does not learn which
 * sources exist. Where the path is nearly that of a source, which a vendor may have been given by mistake, the log says of which one,
 * and never the path. Of any other path nothing is logged: scanners try thousands. It has no middlewares, since nothing here may cost much.
 */
export function unclaimed(open: () => UnclaimedPorts) {
  let ports: UnclaimedPorts | undefined;
  return async (event: APIGatewayProxyEventV2, { awsRequestId }: Context) => {
    const { log, sources } = (ports ??= open());
    const nearSource = nearRoute(event.rawPath, sources);
    if (nearSource !== undefined) {
      log.begin?.(awsRequestId, false);
      const { headers, body = "", isBase64Encoded, requestContext } = event;
      const shape = shapeOf({
        method: requestContext.http.method,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value = ""]) => [name.toLowerCase(), value]),
        ),
        body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
      });
      tellRefusal(log, { status: 401, reason: "route-unknown", nearSource, ...shape }, Date.now());
    }
    return { statusCode: 401 };
  };
}
