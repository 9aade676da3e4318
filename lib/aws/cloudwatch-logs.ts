import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { clientSettings } from "./client.ts";

// The part of reading logs that holds the SDK: imported with `import()`, when a log is first read.

/** CloudWatch reads up to 1 MB of a log for an answer, which may take it longer than other services need. */
const client = new CloudWatchLogsClient({
  ...clientSettings,
  requestHandler: { ...clientSettings.requestHandler, requestTimeout: 30_000 },
});

/** Which lines: of a log group, that match a filter pattern of CloudWatch, from and to times in milliseconds since 1970. */
export interface AskedLines {
  readonly group: string;
  readonly pattern: string;
  readonly from: number;
  readonly to: number;
  /** The `next` of the page before. */
  readonly next: string | undefined;
}

export interface LogPage {
  readonly lines: readonly { readonly at: number; readonly text: string }[];
  readonly next: string | undefined;
}

/** A page of lines, the oldest first. It may be empty although a next one is not. Throws the SDK's errors. */
export async function logPage({ group, pattern, from, to, next }: AskedLines): Promise<LogPage> {
  const { events = [], nextToken } = await client.send(
    new FilterLogEventsCommand({
      logGroupName: group,
      filterPattern: pattern,
      startTime: from,
      endTime: to,
      ...(next !== undefined && { nextToken: next }),
    }),
  );
  return {
    lines: events.map(({ timestamp = 0, message = "" }) => ({ at: timestamp, text: message })),
    next: nextToken,
  };
}
