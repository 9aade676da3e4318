import type { Log, LogFields } from "#lib/contract/log.ts";

/** One line a thing that happened, for the eyes of whoever runs the laptop. */
export function localLog(write: (line: string) => void): Log {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const told = Object.entries(fields).filter(([, value]) => value !== undefined);
      write([level, message, ...told.map(([name, value]) => `${name}=${value}`)].join(" "));
    };
  return { info: line("info "), warn: line("warn "), error: line("error") };
}
