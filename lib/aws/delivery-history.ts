import { quarterMilliseconds, type DeliveryHistory } from "#lib/contract/delivery-history.ts";
import { metricNamespace, type Metric } from "#lib/contract/metrics.ts";
import { reached } from "./failure.ts";

/** Eight weeks of quarters are 5,376 values a source, and CloudWatch answers 100,800 on a page: sources are asked for a few at a time. */
const sourcesAtOnce = 15;
const metric: Metric = "DeliveriesAccepted";

/** When deliveries were accepted, by what the log of a stage has counted (log.ts). */
export function cloudWatchDeliveries(names: {
  readonly service: string;
  readonly stage: string;
}): DeliveryHistory {
  return {
    async quarters(sources, { since, until }) {
      const found = new Map<string, number[]>(sources.map((source) => [source, []]));
      for (let first = 0; first < sources.length; first += sourcesAtOnce) {
        const asked = sources.slice(first, first + sourcesAtOnce);
        const { metricData } = await import("./cloudwatch.ts");
        const queries = asked.map((source, index) => queryOf({ ...names, source }, index));
        const results = await reached(metricData(queries, since, until), "numbers-unreadable");
        // A metric may have a part of its values on each page.
        for (const { Id = "", Timestamps = [], Values = [] } of results) {
          const counted = Timestamps.filter((_, index) => (Values[index] ?? 0) > 0);
          found.get(asked[Number(Id.slice(1))] ?? "")?.push(...counted.map((at) => at.getTime()));
        }
      }
      for (const quarters of found.values()) quarters.sort((one, other) => one - other);
      return found;
    },
  };
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
