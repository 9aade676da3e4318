import type { OtherSources } from "#lib/operations/other-sources.ts";
import { didYouMean, nearMiss } from "#lib/text/near-miss.ts";
import { say } from "./command.ts";

/**
 * Where nothing was found of a source: says on stderr that it is not switched on there, and whether another one was meant, since a
 * mistyped name would look as if all were well. Returns whether it said so.
 */
export function tellUnknownSource(source = "", { otherSources }: OtherSources): boolean {
  if (otherSources === undefined) return false;
  const meant = didYouMean(nearMiss(source, otherSources));
  say(`${source} is not switched on in inbound.config.ts${meant}`, process.stderr);
  return true;
}
