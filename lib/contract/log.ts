import type { Metrics } from "./metrics.ts";

/** Structured log: a constant text and fields that hold codes, ids, paths and counts only; `metrics` are what it adds to. */
export interface Log {
  info(message: string, fields?: LogFields, metrics?: Metrics): void;
  warn(message: string, fields?: LogFields, metrics?: Metrics): void;
  error(message: string, fields?: LogFields, metrics?: Metrics): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
