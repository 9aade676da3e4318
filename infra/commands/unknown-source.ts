import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { nearMiss } from "#lib/text/near-miss.ts";
import { say } from "./command.ts";
import { loadConfig } from "./config.ts";

/**
 * Where nothing was found of a source: says on stderr that it is not switched on, and whether another one was meant, since a mistyped
 * name would look as if all were well. Resolves to whether it said so.
 */
export async function tellUnknownSource(source: string | undefined): Promise<boolean> {
  if (source === undefined) return false;
  const known = [...enabledSources(await loadConfig()).keys()];
  if (known.includes(source)) return false;
  const near = nearMiss(source, known);
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  say(`${source} is not switched on in inbound.config.ts${meant}`, process.stderr);
  return true;
}
