import type { Log, LogFields } from "#lib/pipeline/ports.ts";

/**
 * The log of a function. Lambda (log format JSON) wraps what is given to the console with the time, the level and the
 * request's id; an object stays an object there, while a text with an object behind it becomes one text.
 *
 * @param fields said with every line, e.g. `{ service, stage, source }`
 */
export function awsLog(fields: LogFields = {}): Log {
  const line = (message: string, more: LogFields = {}) => ({ message, ...fields, ...more });
  /* oxlint-disable no-console -- the console is Lambda's log */
  return {
    info: (message, more) => console.info(line(message, more)),
    warn: (message, more) => console.warn(line(message, more)),
    error: (message, more) => console.error(line(message, more)),
  };
  /* oxlint-enable no-console */
}
