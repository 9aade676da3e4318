/** The names of the fields that one event told of a whole person. */
export interface FilledFields {
  readonly source: string;
  readonly fields: readonly string[];
}

/** What the worker's log says of the fields that events fill. */
export interface FilledFieldsLog {
  /**
   * Those of all events whose outcome was recorded in this period (milliseconds since 1970, `until` excluded), page by page. Throws
   * `unavailable` or `misconfigured` where the log cannot be read.
   */
  pages(period: { readonly since: number; readonly until: number }): AsyncIterable<readonly FilledFields[]>;
}
