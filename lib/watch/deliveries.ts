import type { Clock } from "#lib/contract/clock.ts";
import { quarterMilliseconds, type DeliveryHistory } from "#lib/contract/delivery-history.ts";
import type { Log } from "#lib/contract/log.ts";
import type { SilencePolicy } from "#lib/contract/policies.ts";
import { historyMilliseconds, verdictOn } from "./silence.ts";

/** CloudWatch has counted a delivery after this time, in milliseconds. */
const countedAfterMilliseconds = 5 * 60_000;

export interface SilencePorts {
  readonly deliveries: DeliveryHistory;
  /** What is configured for each source that is switched on. */
  readonly silence: ReadonlyMap<string, SilencePolicy>;
  readonly timeZone: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Says of each source whether it is silent: a line of the log, and the metric that its alarm reads. Resolves to the silent ones. */
export async function watchDeliveries(ports: SilencePorts): Promise<string[]> {
  const { deliveries, silence, timeZone, clock, log } = ports;
  const until =
    Math.floor((clock.now() - countedAfterMilliseconds) / quarterMilliseconds) * quarterMilliseconds;
  const history = await deliveries.quarters([...silence.keys()], {
    since: until - historyMilliseconds,
    until,
  });
  const silent: string[] = [];
  for (const [source, policy] of silence) {
    const verdict = verdictOn(policy, { quarters: history.get(source) ?? [], until, timeZone });
    switch (verdict.state) {
      case "heard":
        log.info("source heard", { source }, { SourceSilent: 0 });
        break;
      case "silent": {
        const since = verdict.since === undefined ? undefined : new Date(verdict.since).toISOString();
        log.warn("source silent", { source, hours: verdict.hours, since }, { SourceSilent: 1 });
        silent.push(source);
        break;
      }
      case "forgotten":
        // Without a metric the alarm stays as it is: one that rings goes on ringing.
        log.info("source not heard for four weeks", { source });
    }
  }
  return silent;
}
