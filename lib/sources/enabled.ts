import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/pipeline/errors.ts";
import type { Source } from "#lib/pipeline/source.ts";
import * as registry from "./registry.ts";

/**
 * The sources that a configuration switches on, by name. Throws `misconfigured` for a name that nobody registered.
 * Each is typed by its own secret; whoever holds them all can only treat that secret as opaque.
 */
export function enabledSources(config: Config): ReadonlyMap<string, Source> {
  const known = new Map(Object.values(registry).map((source) => [source.name, source as unknown as Source]));
  return new Map(
    Object.keys(config.sources).map((name) => {
      const source = known.get(name);
      if (!source) {
        throw new InboundError("misconfigured", "source-unknown", {
          path: `inbound.config.ts sources.${name}`,
          hint: `use one of: ${[...known.keys()].join(", ")}`,
        });
      }
      return [name, source];
    }),
  );
}
