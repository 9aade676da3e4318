import { metricNamespace, metricUnits } from "#lib/contract/metrics.ts";
import type { AskedMetric, Hour, Numbers } from "#lib/contract/numbers.ts";
import { reached } from "./failure.ts";

/** CloudWatch answers so many queries at once. */
const queriesAtOnce = 500;

/** What the functions of one stage have counted, as CloudWatch has it. log.ts says under which dimensions. */
export function cloudwatchNumbers(names: { readonly service: string; readonly stage: string }): Numbers {
  return {
    async hours(asked, from, to) {
      const found: Hour[][] = [];
      for (let first = 0; first < asked.length; first += queriesAtOnce) {
        found.push(...(await read(names, asked.slice(first, first + queriesAtOnce), from, to)));
      }
      return found;
    },
  };
}

async function read(
  { service, stage }: { readonly service: string; readonly stage: string },
  asked: readonly AskedMetric[],
  from: number,
  to: number,
): Promise<Hour[][]> {
  const { metricData } = await import("./cloudwatch.ts");
  const queries = asked.map(({ metric, source }, index) => ({
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: metricNamespace,
        MetricName: metric,
        Dimensions: Object.entries({ service, stage, ...(source !== undefined && { source }) }).map(
          ([Name, Value]) => ({ Name, Value }),
        ),
      },
      Period: 3600,
      Stat: metricUnits[metric] === "Count" ? "Sum" : "Maximum",
    },
  }));
  const results = await reached(metricData(queries, from, to), "numbers-unreadable");
  const found = asked.map((): Hour[] => []);
  // A metric may have a part of its values on each page.
  for (const { Id = "", Timestamps = [], Values = [] } of results) {
    Timestamps.forEach((at, index) => {
      found[Number(Id.slice(1))]?.push({ at: at.getTime(), value: Values[index] ?? 0 });
    });
  }
  return found.map((hours) => hours.toSorted((one, other) => one.at - other.at));
}
