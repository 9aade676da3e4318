import { nearRoute } from "#lib/pipeline/near-route.ts";
import { didYouMean, nearMiss } from "#lib/text/near-miss.ts";
import type { LocalRequest } from "./server.ts";

/** First segments of the paths of a laptop's server, beside `webhooks`. */
const ownPaths = ["uploads", "operations", "healthz", "events", "people", "enrolments"];
/** Characters of an unknown path that are told. */
const maxToldPath = 200;

/**
 * What a developer is told of a request without a route. What stands behind the second segment of the path, or in the query, is not
 * told: senders put secrets there.
 */
export function noSuchRoute({ method, url }: LocalRequest, sources: readonly string[]): string {
  const [, first = "", second, ...more] = url.pathname.slice(0, maxToldPath).split("/");
  const told = ["", first, ...(second === undefined ? [] : [second]), ...(more.length > 0 ? ["…"] : [])];
  return `${method} ${told.join("/")}: no such route${didYouMean(nearPath(url.pathname, sources))}`;
}

function nearPath(path: string, sources: readonly string[]): string | undefined {
  const source = nearRoute(path, sources);
  if (source !== undefined) return `/webhooks/${source}`;
  const [, first = ""] = path.split("/");
  const near = ownPaths.includes(first) ? first : nearMiss(first, ownPaths);
  return near && `/${near}`;
}
