/** Where CloudWatch keeps them. */
export const metricNamespace = "AuthingInbound";

/** What is counted and measured, and in which unit of CloudWatch. A metric is kept by service, stage and source, never by person. */
export const metricUnits = {
  /** First invocations of a process: their callers waited for it to start. */
  ColdStart: "Count",
  DeliveriesAccepted: "Count",
  /** Answered with 401 or 413. */
  DeliveriesRefused: "Count",
  /** Answered with 503: the sender retries. */
  DeliveriesFailed: "Count",
  EventsAccepted: "Count",
  EventsAlreadyDone: "Count",
  EventsSuperseded: "Count",
  EventsRejected: "Count",
  EventsHeld: "Count",
  EventsDead: "Count",
  /** Retried by the queue: Authing, the ledger or another worker decides when they can go on. */
  EventsRetried: "Count",
  /** Parked until a given time. */
  EventsWaiting: "Count",
  /** From the receipt of its delivery until the outcome of an event was recorded. */
  EventLag: "Milliseconds",
  FilesFinished: "Count",
  /** Could not be read at all, or not to their end. */
  FilesRefused: "Count",
  /** Runs over rosters that were carried out to their end. */
  RostersFinished: "Count",
  /** Runs over rosters of which nothing was concluded. */
  RostersRefused: "Count",
  RowsAccepted: "Count",
  RowsAlreadyDone: "Count",
  RowsRejected: "Count",
  /** 1 while a source has been silent for longer than is usual for it, else 0: said each quarter of an hour. */
  SourceSilent: "Count",
  /** Fields that a source used to fill and no longer fills: said once a day. */
  FieldsMissing: "Count",
  /** Calls that Authing throttled. */
  AuthingThrottled: "Count",
  /** Authing refuses every call: the access key, the plan or the host is wrong. */
  AuthingRefused: "Count",
} as const satisfies Record<string, "Count" | "Milliseconds">;

export type Metric = keyof typeof metricUnits;
/** What one occurrence adds. */
export type Metrics = Readonly<Partial<Record<Metric, number>>>;
