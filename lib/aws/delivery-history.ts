import {
  quarterMilliseconds,
  type DeliveryHistory,
  type HeardSources,
} from "#lib/contract/delivery-history.ts";
import { metricNamespace, type Metric } from "#lib/contract/metrics.ts";
import { reached } from "./failure.ts";

/** Eight weeks of quarters are 5,376 values a source, and CloudWatch answers 100,800 on a page: sources are asked for a few at a time. */
const sourcesAtOnce = 15;
const metric: Metric = "DeliveriesAccepted";

/** How far back it is looked when a source was heard last. */
const heardWithinQuarters = 15 * 96;

interface Quarter {
  /** When it begins, in milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
}

/** When deliveries were accepted, and how many, by what the log of a stage has counted (log.ts). */
export function cloudWatchDeliveries(names: {
  readonly service: string;
  readonly stage: string;
}): DeliveryHistory & HeardSources {
  return {
    async quarters(sources, period) {
      const counted = await countedQuarters(names, sources, period);
      return new Map(Array.from(counted, ([source, quarters]) => [source, quarters.map(({ at }) => at)]));
    },

    async heard(sources, now) {
      const until = (Math.floor(now / quarterMilliseconds) + 1) * quarterMilliseconds;
      const since = until - heardWithinQuarters * quarterMilliseconds;
      const counted = await countedQuarters(names, sources, { since, until });
      const day = until - 96 * quarterMilliseconds;
      return new Map(
        Array.from(counted, ([source, quarters]) => {
          const last = quarters.at(-1);
          const ofDay = quarters.filter(({ at }) => at >= day);
          return [
            source,
            {
              ...(last && { lastAt: new Date(last.at).toISOString() }),
              deliveries24h: ofDay.reduce((sum, { count }) => sum + count, 0),
            },
          ];
        }),
      );
    },
  };
}

/** By source the quarters of an hour in which a delivery was accepted, earliest first. */
async function countedQuarters(
  names: { readonly service: string; readonly stage: string },
  sources: readonly string[],
  { since, until }: { readonly since: number; readonly until: number },
): Promise<Map<string, Quarter[]>> {
  const found = new Map<string, Quarter[]>(sources.map((source) => [source, []]));
  for (let first = 0; first < sources.length; first += sourcesAtOnce) {
    const asked = sources.slice(first, first + sourcesAtOnce);
    const { metricData } = await import("./cloudwatch.ts");
    const queries = asked.map((source, index) => queryOf({ ...names, source }, index));
    const results = await reached(metricData(queries, since, until), "numbers-unreadable");
    // A metric may have a part of its values on each page.
    for (const { Id = "", Timestamps = [], Values = [] } of results) {
      const counted = Timestamps.map((at, index) => ({ at: at.getTime(), count: Values[index] ?? 0 }));
      found.get(asked[Number(Id.slice(1))] ?? "")?.push(...counted.filter(({ count }) => count > 0));
    }
  }
  for (const quarters of found.values()) quarters.sort((one, other) => one.at - other.at);
  return found;
}

const queryOf = (dimensions: Readonly<Record<string, string>>, index: number) => ({
  // An id begins with a lower-case letter.
  Id: `s${index}`,
  MetricStat: {
    Metric: {
      Namespace: metricNamespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: quarterMilliseconds / 1000,
    Stat: "Sum",
  },
});
