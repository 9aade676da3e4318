import { timeZoneOf, type Config } from "#lib/config.ts";

/** When the list of a source is compared each day; `undefined` where only an operator asks for it. */
export function reconciledAt(
  config: Config,
  source: string,
): { readonly at: string; readonly timeZone: string } | undefined {
  const { at, timeZone = timeZoneOf(config) } = config.sources[source]?.reconcile ?? {};
  return at === undefined ? undefined : { at, timeZone };
}
