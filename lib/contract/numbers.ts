import type { Metric } from "./metrics.ts";

/** A metric of a source, or of the whole stage. */
export interface AskedMetric {
  readonly metric: Metric;
  readonly source?: string;
}

/** One hour: what was counted in it, or the greatest of what was measured. */
export interface Hour {
  /** When it begins, in milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** Reads what was counted and measured (metrics.ts). */
export interface Numbers {
  /**
   * For each metric that is asked for, in the same order, the hours with values, oldest first. An hour without a value is missing.
   *
   * @param from Where the first hour begins, in milliseconds since 1970: at a full hour of UTC, at most 15 days ago.
   * @param to Where the last hour ends.
   */
  hours(asked: readonly AskedMetric[], from: number, to: number): Promise<readonly (readonly Hour[])[]>;
}
