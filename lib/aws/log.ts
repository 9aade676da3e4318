import { metricNamespace, metricUnits, type Metric, type Metrics } from "#lib/contract/metrics.ts";
import type { Log, LogFields } from "#lib/contract/log.ts";
import { standardOutput } from "./standard-output.ts";

/**
 * The log of a function. Lambda (log format JSON) wraps what is given to the console with the time, the level and the
 * request's id; an object stays an object there, while a text with an object behind it becomes one text.
 *
 * What is counted goes out on a line of its own, in CloudWatch's embedded metric format and past the console, whose
 * wrapping would hide it. That line has to hold the request's id itself.
 *
 * @param write To standard output.
 */
export function awsLog(
  names: { readonly service: string; readonly stage: string },
  write = standardOutput(),
): Log {
  const invocation: Invocation = {};
  const count = (metrics: Metrics, source?: LogFields[string]) =>
    write(`${embeddedMetrics(names, invocation, source, metrics)}\n`);
  /* oxlint-disable no-console -- the console is Lambda's log */
  const line =
    (tell: (line: object) => void) =>
    (message: string, fields: LogFields = {}, metrics?: Metrics) => {
      tell({ message, ...names, coldStart: invocation.coldStart, ...fields });
      if (metrics) count(metrics, fields["source"]);
    };
  return {
    begin(requestId, isColdStart) {
      invocation.requestId = requestId;
      invocation.coldStart = isColdStart || undefined;
      if (isColdStart) count({ ColdStart: 1 });
    },
    info: line(console.info),
    warn: line(console.warn),
    error: line(console.error),
    count,
  };
  /* oxlint-enable no-console */
}

/** The invocation that Lambda runs now. */
interface Invocation {
  requestId?: string;
  /** Only in the lines of a cold start. */
  coldStart?: true | undefined;
}

/**
 * One line of CloudWatch's embedded metric format: counted for the stage and, where it is known, for the source.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function embeddedMetrics(
  { service, stage }: { readonly service: string; readonly stage: string },
  { requestId, coldStart }: Invocation,
  source: LogFields[string],
  metrics: Metrics,
): string {
  const dimensions = ["service", "stage"];
  return JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: metricNamespace,
          Dimensions: source === undefined ? [dimensions] : [dimensions, [...dimensions, "source"]],
          Metrics: Object.keys(metrics).map((name) => ({ Name: name, Unit: metricUnits[name as Metric] })),
        },
      ],
    },
    service,
    stage,
    source,
    requestId,
    coldStart,
    ...metrics,
  });
}
