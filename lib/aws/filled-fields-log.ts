import type { FilledFields, FilledFieldsLog } from "#lib/contract/filled-fields.ts";
import { reached } from "./failure.ts";

/** The lines of the worker that may name filled fields, as Lambda writes them with log format JSON. */
const pattern = '{ $.message.message = "event settled" }';

/** The fields that events filled, by the lines that the worker wrote into this log group when it recorded their outcomes. */
export function filledFieldsLog(logGroup: string): FilledFieldsLog {
  return {
    async *pages({ since, until }) {
      const { FilterLogEventsCommand, cloudWatchLogs } = await import("./cloudwatch-logs.ts");
      let next: string | undefined;
      do {
        const command = new FilterLogEventsCommand({
          logGroupName: logGroup,
          filterPattern: pattern,
          startTime: since,
          // CloudWatch includes the last millisecond.
          endTime: until - 1,
          ...(next !== undefined && { nextToken: next }),
        });
        const { events = [], nextToken } = await reached(cloudWatchLogs.send(command), "log-unreachable");
        yield events.flatMap(({ message = "" }) => filledIn(message) ?? []);
        next = nextToken;
      } while (next !== undefined);
    },
  };
}

/** Reads a line; `undefined` where it names no fields. */
function filledIn(line: string): FilledFields | undefined {
  let message: unknown;
  try {
    ({ message } = JSON.parse(line) as { readonly message?: unknown });
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null) return undefined;
  const { message: said, source, fields } = message as Readonly<Record<string, unknown>>;
  if (said !== "event settled" || typeof source !== "string" || typeof fields !== "string") return undefined;
  return { source, fields: fields === "" ? [] : fields.split(",") };
}
