/** Where CloudWatch keeps them. */
export const metricNamespace = "AuthingInbound";

/** What is counted and measured, and in which unit of CloudWatch. Beside a metric stand the service, the stage and the source, never a person. */
export const metricUnits = {
  /** First invocations of a process: their callers waited for it to start. */
  ColdStart: "Count",
  DeliveriesAccepted: "Count",
  /** Answered with 401 or 413. */
  DeliveriesRefused: "Count",
  /** Answered with 503: the sender comes again. */
  DeliveriesFailed: "Count",
  EventsAccepted: "Count",
  EventsAlreadyDone: "Count",
  EventsSuperseded: "Count",
  EventsRejected: "Count",
  EventsHeld: "Count",
  EventsDead: "Count",
  /** Could not be decided yet. */
  EventsComeAgain: "Count",
  /** From the receipt of its delivery until an event was settled. */
  EventLag: "Milliseconds",
  FilesFinished: "Count",
  /** Could not be read at all, or not to their end. */
  FilesRefused: "Count",
  RowsAccepted: "Count",
  RowsAlreadyDone: "Count",
  RowsRejected: "Count",
  /** Authing said that it is too much. */
  AuthingThrottled: "Count",
  /** Authing takes nothing from us at all: the access key, the plan or the host is wrong. */
  AuthingRefused: "Count",
} as const satisfies Record<string, "Count" | "Milliseconds">;

export type Metric = keyof typeof metricUnits;
/** What one occurrence adds. */
export type Metrics = Readonly<Partial<Record<Metric, number>>>;
