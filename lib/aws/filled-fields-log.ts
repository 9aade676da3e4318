import type { FilledFields, FilledFieldsLog } from "#lib/contract/filled-fields.ts";
import { recentMessages } from "#lib/contract/recent.ts";
import { reached } from "./failure.ts";
import { messagePattern, saidIn } from "./log-lines.ts";

/** The lines of the worker that may name filled fields. */
const pattern = messagePattern(recentMessages.settled);

/** The fields that events filled, by the lines that the worker wrote into this log group when it recorded their outcomes. */
export function filledFieldsLog(logGroup: string): FilledFieldsLog {
  return {
    async *pages({ since, until }) {
      const { logPage } = await import("./cloudwatch-logs.ts");
      // CloudWatch includes the last millisecond.
      const asked = { group: logGroup, pattern, from: since, to: until - 1 };
      let next: string | undefined;
      do {
        const page = await reached(logPage({ ...asked, next }), "log-unreadable");
        yield page.lines.flatMap(({ text }) => filledIn(text) ?? []);
        next = page.next;
      } while (next !== undefined);
    },
  };
}

/** Reads a line; `undefined` where it names no fields. */
function filledIn(line: string): FilledFields | undefined {
  const { message, source, fields } = saidIn(line) ?? {};
  if (message !== recentMessages.settled || typeof source !== "string" || typeof fields !== "string")
    return undefined;
  return { source, fields: fields === "" ? [] : fields.split(",") };
}
