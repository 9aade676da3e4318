import type { Config } from "#lib/config.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { Source } from "#lib/contract/source.ts";
import * as registry from "#lib/sources/registry.ts";

/**
 * The sources that a configuration switches on, by name: built-in ones and one's own. Throws `misconfigured` for a name
 * that is neither built in nor defined, and for one's own under the name of a built-in one.
 * Each is typed by its own secret; code that holds them all treats that secret as opaque.
 *
 * `npm run build` and the laptop know every built-in source, so that the error lists them all. A bundle knows those of its
 * configuration only (infra/aws/bundle.ts), which the build has checked.
 */
export function enabledSources(config: Config): ReadonlyMap<string, Source> {
  const known = new Map(Object.values(registry).map((source) => [source.name, source as unknown as Source]));
  return new Map(
    Object.entries(config.sources).map(([name, { source: own }]) => {
      const builtIn = known.get(name);
      if (own && builtIn) {
        throw new InboundError("misconfigured", "source-name-taken", {
          path: `inbound.config.ts sources.${name}.source`,
          hint: `${name} is built in: give your own source another name`,
        });
      }
      const source = own ? ownSource(config, name) : builtIn;
      if (!source) {
        throw new InboundError("misconfigured", "source-unknown", {
          path: `inbound.config.ts sources.${name}`,
          hint: `use one of ${[...known.keys()].join(", ")}, or add source: defineSource({…}) as docs/own-source.md shows`,
        });
      }
      return [name, source];
    }),
  );
}

/** A source that the configuration itself defines, under its key. */
export function ownSource(config: Config, name: string): Source {
  return { ...config.sources[name]?.source, name } as unknown as Source;
}
