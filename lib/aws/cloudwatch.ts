import { CloudWatchClient, paginateGetMetricData, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { clientSettings } from "./client.ts";

// The part of the numbers that holds the SDK: imported with `import()`, when numbers are first read.

const client = new CloudWatchClient({
  ...clientSettings,
  // CloudWatch reads up to 500 metrics for one request.
  requestHandler: { ...clientSettings.requestHandler, requestTimeout: 15_000 },
});

/** All pages of the answer to up to 500 queries. Throws the SDK's errors. */
export async function metricData(queries: readonly MetricDataQuery[], from: number, to: number) {
  const pages = await Array.fromAsync(
    paginateGetMetricData(
      { client },
      {
        MetricDataQueries: [...queries],
        StartTime: new Date(from),
        EndTime: new Date(to),
        ScanBy: "TimestampAscending",
      },
    ),
  );
  return pages.flatMap(({ MetricDataResults = [] }) => MetricDataResults);
}
