import type { SourceSettings } from "#lib/contract/source-settings.ts";
import type { OwnSource, TranslationContext } from "./contract/source.ts";
import { checkedConfig, type Config, type WrittenConfig } from "./checked-config.ts";
import type * as z from "zod/mini";
import type * as registry from "./sources/registry.ts";

export type { Config } from "./checked-config.ts";

type Settings = Omit<z.input<typeof SourceSettings>, "source">;
type OwnSettings = Settings & ({ readonly source: OwnSource } | { readonly rosterOnly: true });
type ConfigInput<Name extends string> = Omit<WrittenConfig, "sources"> & {
  // A name that is not built in needs a definition, or says that it has only rosters; one that is built in takes none.
  sources: { readonly [name in Name]: name extends keyof typeof registry ? Settings : OwnSettings };
};

/** Checks and completes the configuration of a deployment. Throws a `TypeError` that names each wrong setting and says what to change. */
export function defineConfig<Name extends string>(input: ConfigInput<Name>): Config {
  return checkedConfig(input);
}

/**
 * The company's time zone: the one that is named; else Beijing time for `CN`, and for any other country the one of its time zones
 * in which a day ends last, so that no account is closed early.
 */
export function timeZoneOf({ timeZone, region }: Pick<Config, "timeZone" | "region">): string {
  if (timeZone !== undefined) return timeZone;
  // The database of time zones has two for China, where all clocks show the same time.
  if (region === "CN") return "Asia/Shanghai";
  const zones = new Intl.Locale(`und-${region}`).getTimeZones() ?? [];
  return zones.toSorted((one, other) => standardHours(one) - standardHours(other))[0] ?? "UTC";
}

/** How far the clocks of a time zone are ahead of UTC in January, in hours. */
function standardHours(timeZone: string): number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const offset =
    format.formatToParts(Date.UTC(2026, 0, 1)).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d+):(\d+)/.exec(offset) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) + Number(minutes) / 60);
}

/** What the translation of a source's events may know of a configuration. */
export function translationContext({ region, sources }: Config, source: string): TranslationContext {
  const { departments = {}, customData = {}, externalId, words, passwordHashes } = sources[source] ?? {};
  const said = Object.entries({ externalId, words, passwordHashes }).filter(
    ([, value]) => value !== undefined,
  );
  return { region, departments, customData, ...Object.fromEntries(said) };
}
