import * as z from "zod/mini";
import type { Clock } from "#lib/contract/clock.ts";
import type { HeardSources } from "#lib/contract/delivery-history.ts";
import type { Ledger } from "#lib/contract/ledger.ts";

/** The sources that are switched on, and whether they speak: `{"operation": "sources"}`. */
export const SourcesRequest = z.strictObject({ operation: z.literal("sources") });

/** How a source does. Moments are ISO 8601, UTC. */
interface SourceState {
  readonly name: string;
  /** How people call the sender. */
  readonly title: string;
  /** Since when its events are only stored. */
  readonly pausedSince?: string;
  /** When a delivery was accepted last; absent where none is known. On AWS the quarter of an hour in which that was. */
  readonly lastHeardAt?: string;
  /** Deliveries that were accepted in the last 24 hours. */
  readonly deliveries24h: number;
  /** When its whole list of people was compared last. */
  readonly rosterLastAt?: string;
}

export interface SourcesReport {
  readonly sources: readonly SourceState[];
}

export interface SourcesPorts {
  /** By name. */
  readonly switchedOn: ReadonlyMap<string, { readonly title: string }>;
  readonly ledger: Pick<Ledger, "pausedSince">;
  readonly heard: HeardSources;
  readonly clock: Pick<Clock, "now">;
}

/** @param rosters When each source was compared last. */
export async function sourceStates(
  { switchedOn, ledger, heard, clock }: SourcesPorts,
  rosters: readonly { readonly source: string; readonly at: string }[],
): Promise<SourcesReport> {
  const last = await heard.heard([...switchedOn.keys()], clock.now());
  return {
    sources: await Promise.all(
      Array.from(switchedOn, async ([name, { title }]) => {
        const pausedSince = await ledger.pausedSince(name);
        const { lastAt, deliveries24h = 0 } = last.get(name) ?? {};
        const roster = rosters.find((each) => each.source === name);
        return {
          name,
          title,
          ...(pausedSince !== undefined && { pausedSince }),
          ...(lastAt !== undefined && { lastHeardAt: lastAt }),
          deliveries24h,
          ...(roster && { rosterLastAt: roster.at }),
        };
      }),
    ),
  };
}
