import type { Metrics } from "./metrics.ts";

/** Structured log: a constant text and fields that hold codes, ids, paths and counts only; `metrics` are what it adds to. */
export interface Log {
  /**
   * A new invocation begins: its id and whether it was a cold start belong to what is logged and counted from now on. A log has it only
   * where invocations never overlap: on Lambda, which gives a process one event at a time.
   */
  begin?(requestId: string, isColdStart: boolean): void;
  info(message: string, fields?: LogFields, metrics?: Metrics): void;
  warn(message: string, fields?: LogFields, metrics?: Metrics): void;
  error(message: string, fields?: LogFields, metrics?: Metrics): void;
  /** Adds to metrics without a line of its own. A log that counts nothing has none. */
  count?(metrics: Metrics, source?: string): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
