import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  type CloudWatchLogsClientConfig,
} from "@aws-sdk/client-cloudwatch-logs";
import type { LogLine } from "./function.ts";

const logStreamName = "tests";

/** The log of the functions at AWS. Lambda writes it there itself, line by line; here that is asked for. */
export function cloudWatchLog(
  settings: CloudWatchLogsClientConfig,
  lines: readonly LogLine[],
  groupOf: (functionName: string) => string,
): () => Promise<void> {
  const client = new CloudWatchLogsClient(settings);
  const streams = new Set<string>();
  let written = 0;
  return async () => {
    const unwritten = lines.slice(written);
    written = lines.length;
    for (const [name, own] of Map.groupBy(unwritten, (line) => line.function)) {
      const logGroupName = groupOf(name);
      if (!streams.has(name)) await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      streams.add(name);
      const logEvents = own
        .map(({ text }) => ({ timestamp: timeOf(text), message: text }))
        .toSorted((one, other) => one.timestamp - other.timestamp);
      await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    }
  };
}

/** When a line was written: Lambda's own lines and those of metrics say it. */
function timeOf(text: string): number {
  const { timestamp, _aws } = JSON.parse(text) as { timestamp?: string; _aws?: { Timestamp: number } };
  return timestamp === undefined ? (_aws?.Timestamp ?? 0) : Date.parse(timestamp);
}
