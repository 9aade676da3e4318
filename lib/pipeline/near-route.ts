import { nearMiss } from "#lib/text/near-miss.ts";

/** A longer path is cut: what stands behind is a token, or a stranger who tries what there is. */
const maxPathLength = 256;

/**
 * The source whose route `/webhooks/<source>` a path nearly is: a letter is wrong (`/webhook/okta`, `/webhooks/bambohr`), the path goes on
 * (`/webhooks/okta/events`), or something stands before it (`/prod/webhooks/okta`). `undefined` for any other path.
 */
export function nearRoute(path: string, sources: readonly string[]): string | undefined {
  const segments = path
    .slice(0, maxPathLength)
    .split("/")
    .filter((segment) => segment !== "");
  const [only] = segments;
  if (segments.length === 1 && only !== undefined && sources.includes(only)) return only;
  const before = segments.findIndex((segment) => nearest(segment, ["webhooks"]) !== undefined);
  const named = segments[before + 1];
  return before < 0 || named === undefined ? undefined : nearest(named, sources);
}

const nearest = (word: string, known: readonly string[]) =>
  known.includes(word) ? word : nearMiss(word, known);
