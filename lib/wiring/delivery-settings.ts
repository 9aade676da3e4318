import { timeZoneOf, type Config } from "#lib/config.ts";
import type { Clock } from "#lib/contract/clock.ts";
import type { DeliveryPorts } from "#lib/delivery/context.ts";
import { createPace } from "#lib/delivery/pace.ts";
import { noRules } from "#lib/pipeline/people-rules.ts";
import type { ApplyPorts } from "#lib/pipeline/applying.ts";
import { departuresTaken } from "#lib/pipeline/guard.ts";
import type { RosterPorts } from "#lib/rosters/roster-ports.ts";

/** How many calls a second a process begins with, before it has measured what Authing accepts. */
const startPerSecond = 50;

/** What delivery takes from a configuration; one for all calls of a process, since the pace is in it. */
export function deliverySettings(
  { authing, sources }: Config,
  clock: Clock,
): Pick<DeliveryPorts, "clock" | "pace" | "leavePolicy" | "rehirePolicy" | "otpPolicy" | "endsSessionsOf"> {
  return {
    clock,
    pace: createPace({ clock, maxPerSecond: authing.maxRequestsPerSecond, startPerSecond }),
    leavePolicy: (source) => sources[source]?.leave ?? "resign",
    rehirePolicy: (source) => sources[source]?.rehire ?? "reactivate",
    otpPolicy: authing.otp,
    endsSessionsOf: authing.kickUsers,
  };
}

/** What applying takes from a configuration. */
export function applySettings(config: Config): Pick<ApplyPorts, "peoplePolicy" | "rules" | "timeZone"> {
  return {
    peoplePolicy: (source) => config.sources[source]?.people ?? "own",
    rules: (source) => config.sources[source] ?? noRules,
    timeZone: timeZoneOf(config),
  };
}

/** What a run over a roster takes from a configuration. */
export const rosterSettings = ({ sources }: Config): Pick<RosterPorts, "departureLimit"> => ({
  departureLimit: (source) => sources[source]?.reconcile?.departures ?? departuresTaken,
});
