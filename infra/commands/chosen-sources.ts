import { defineConfig, type Config } from "#lib/config.ts";
import type { Source } from "#lib/contract/source.ts";
import { nearMisses } from "#lib/text/near-miss.ts";
import { builtInSources, enabledSources } from "#lib/wiring/enabled-sources.ts";
import { UsageError } from "./command-line.ts";

// Which sources a command on this machine knows: those of the configuration and, for trying one, every built-in one.

/**
 * The configuration with these sources in place of its own.
 *
 * @param list Names with commas between them: of built-in sources, at their defaults, and of the operator's own that the configuration
 * defines.
 * @throws UsageError with the nearest names, for one that is neither.
 */
export function withSources(config: Config, list: string): Config {
  const names = list.split(",").map((name) => name.trim());
  const known = knownSources(config);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    const meant = names.map((name) => (known.has(name) ? name : (near(name, known)[0] ?? "<name>")));
    throw new UsageError(
      `--sources: ${unknown.map((name) => unknownSource(name, known)).join("; ")}; docs/sources.md lists all`,
      [`--sources ${meant.join(",")}`],
    );
  }
  const { sources } = defineConfig({ sources: atDefaults(names) });
  const own = Object.entries(config.sources).filter(([name, { source }]) => source && names.includes(name));
  return { ...config, sources: { ...sources, ...Object.fromEntries(own) } };
}

/** A source by its name. Throws a `TypeError` with the nearest names where no source has it. */
export function needSource(config: Config, name: string): Source {
  const known = knownSources(config);
  const source = known.get(name);
  if (source) return source;
  throw new TypeError(`${unknownSource(name, known)}; docs/sources.md lists all`);
}

/** The sources that the configuration switches on and, behind them, every other built-in one. */
export function knownSources(config: Config): ReadonlyMap<string, Source> {
  return new Map([...enabledSources(config), ...builtInSources()]);
}

/** Settings of sources that are known by now, which the types of a configuration cannot tell. */
const atDefaults = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, {}])) as Record<string, never>;

type Known = ReadonlyMap<string, Source>;

const near = (name: string, known: Known): string[] => nearMisses(name, [...known.keys()]);

function unknownSource(name: string, known: Known): string {
  const names = near(name, known);
  return `no source is called "${name}"${names.length > 0 ? `, but there is ${names.join(", ")}` : ""}`;
}
