import type { FilledFields, FilledFieldsLog } from "#lib/contract/filled-fields.ts";
import { reached } from "./failure.ts";

/** The lines of the worker that may name filled fields, as Lambda writes them with log format JSON. */
const pattern = '{ $.message.message = "event settled" }';

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
