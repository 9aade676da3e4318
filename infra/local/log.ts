import type { Log, LogFields } from "#lib/contract/log.ts";

/** A log of one line for each message, for the developer at the laptop to read. */
export function localLog(write: (line: string) => void): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const told = Object.entries(fields).filter(([, value]) => value !== undefined);
      write([level, message, ...told.map(([name, value]) => `${name}=${value}`)].join(" "));
    };
  return { info: line("info "), warn: line("warn "), error: line("error") };
}
