import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { clientSettings } from "./client.ts";

// The part of the log of filled fields that holds the SDK: imported with `import()`, when it is first used.

/** CloudWatch Logs with the command that is used. It reads up to 1 MB of a log for an answer, which may take some seconds. */
export const cloudWatchLogs = new CloudWatchLogsClient({
  ...clientSettings,
  requestHandler: { ...clientSettings.requestHandler, requestTimeout: 30_000 },
});

export { FilterLogEventsCommand };
