import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { clientSettings } from "./client.ts";

// The part of the refused deliveries that holds the SDK: imported with `import()`, when an operator asks for them.

/** A page of a log that holds a phrase may take CloudWatch longer to find than other services need to answer. */
const client = new CloudWatchLogsClient({
  ...clientSettings,
  requestHandler: { ...clientSettings.requestHandler, requestTimeout: 20_000 },
});

export interface LogPage {
  readonly events: readonly { readonly at: number; readonly text: string }[];
  readonly next: string | undefined;
}

/** A page of the lines of a log group that hold a phrase, the oldest first. It may be empty although a next one is not. */
export async function linesWith(
  phrase: string,
  { group, from, to, next }: { group: string; from: number; to: number; next: string | undefined },
): Promise<LogPage> {
  const { events = [], nextToken } = await client.send(
    new FilterLogEventsCommand({
      logGroupName: group,
      filterPattern: `"${phrase}"`,
      startTime: from,
      endTime: to,
      limit: 1000,
      ...(next !== undefined && { nextToken: next }),
    }),
  );
  return {
    events: events.map(({ timestamp = 0, message = "" }) => ({ at: timestamp, text: message })),
    next: nextToken,
  };
}
