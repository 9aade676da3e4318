import type { Config } from "#lib/config.ts";
import { reconciledAt } from "#lib/wiring/roster-time.ts";

/**
 * Of each source that is compared each day, what begins its run when the time has come: called again and again, with the moment (milliseconds
 * since 1970), it begins one a day. A time that passed while the machine was off, or that the clocks jumped over, is not made up for.
 */
export function rosterSchedules(config: Config, begin: (source: string) => void): ((now: number) => void)[] {
  return Object.keys(config.sources).flatMap((source) => {
    const time = reconciledAt(config, source);
    if (time === undefined) return [];
    const { at, timeZone } = time;
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
    let shown: string | undefined;
    return (now: number) => {
      const before = shown;
      shown = clock.format(now);
      if (before !== undefined && before !== at && shown === at) begin(source);
    };
  });
}
