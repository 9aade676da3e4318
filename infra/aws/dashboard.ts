import { metricNamespace, metricUnits, type Metric } from "#lib/contract/metrics.ts";
import type { Value } from "./cloudformation.ts";

// One page that answers two questions: does the deployment keep up, and what failed? CloudFormation fills in `${…}` below, so that
// this file names no region, account or partition.

type Series = readonly unknown[];

const region = "${AWS::Region}";
/** osls replaces these names before CloudFormation reads the template. */
const stage = ["service", "${self:service}", "stage", "${sls:stage}"];

const ours = (metric: Metric, options: object = {}): Series => [
  metricNamespace,
  metric,
  ...stage,
  { stat: metricUnits[metric] === "Count" ? "Sum" : "p99", label: metric, ...options },
];
const ofQueue = (queue: string, metric: string, label: string): Series => [
  "AWS/SQS",
  metric,
  "QueueName",
  `\${${queue}.QueueName}`,
  { stat: "Maximum", label },
];

interface Widget {
  readonly type: "metric" | "log" | "alarm" | "text";
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

function graph(title: string, metrics: readonly Series[], more: object = {}): Widget {
  return {
    type: "metric",
    width: 12,
    height: 6,
    properties: { title, region, view: "timeSeries", period: 300, metrics, ...more },
  };
}

/** CloudWatch shows up to 100 alarms in a widget. */
const alarmsShown = 100;

const inGroups = (names: readonly string[]) =>
  Array.from({ length: Math.ceil(names.length / alarmsShown) }, (_, index) =>
    names.slice(index * alarmsShown, (index + 1) * alarmsShown),
  );

function alarms(title: string, names: readonly string[]): Widget {
  return {
    type: "alarm",
    width: 24,
    height: 3,
    properties: { title, alarms: names.map((name) => `\${${name}.Arn}`) },
  };
}

/** A query over the logs of all functions. Lambda puts our log line under `message`. */
function logs(title: string, functions: readonly string[], query: string): Widget {
  const groups = functions.map((name) => `SOURCE '\${${name}LogGroup}'`).join(" | ");
  return {
    type: "log",
    width: 24,
    height: 7,
    properties: { title, region, view: "table", query: `${groups} | ${query}` },
  };
}

/**
 * The dashboard of a deployment.
 *
 * @param sources names of the sources that are switched on
 * @param functions names of the functions in the template, without `LambdaFunction` or `LogGroup`
 * @param sourceAlarms names of the alarms of single sources in the template
 */
export function dashboard(
  sources: readonly string[],
  functions: readonly string[],
  sourceAlarms: readonly string[],
): Value {
  const bySource = (metric: Metric, stat = "Sum") =>
    sources.map((source) => [metricNamespace, metric, ...stage, "source", source, { stat, label: source }]);
  const widgets: Widget[] = [
    alarms(
      "Alarms",
      [
        "BlockedEvents",
        "DeadChunks",
        "DeadEvents",
        "DeadLetters",
        "DeadRosters",
        "DeadUploads",
        "HeldDepartures",
        "OldChunks",
        "OldEvents",
        "OldUploads",
        "RefusedByAuthing",
        "RefusedDeliveries",
        "RefusedFiles",
        "RefusedRosters",
        "RejectedEvents",
        "RetriedEvents",
        "ThrottledByAuthing",
      ].map((name) => `${name}Alarm`),
    ),
    ...inGroups(sourceAlarms).map((names) => alarms("Alarms of sources", names)),
    graph("Is it keeping up? Age of the oldest (s)", [
      ofQueue("EventsQueue", "ApproximateAgeOfOldestMessage", "events"),
      ofQueue("UploadsQueue", "ApproximateAgeOfOldestMessage", "uploads"),
      ofQueue("ChunksQueue", "ApproximateAgeOfOldestMessage", "chunks"),
      ofQueue("FinishQueue", "ApproximateAgeOfOldestMessage", "finishes"),
    ]),
    graph("From receipt to effect (ms)", [
      ours("EventLag", { stat: "p50", label: "p50" }),
      ours("EventLag", { stat: "p99", label: "p99" }),
    ]),
    graph("In the queues", [
      ofQueue("EventsQueue", "ApproximateNumberOfMessagesVisible", "events"),
      ofQueue("UploadsQueue", "ApproximateNumberOfMessagesVisible", "uploads"),
      ofQueue("ChunksQueue", "ApproximateNumberOfMessagesVisible", "chunks"),
      ofQueue("DeadEventsQueue", "ApproximateNumberOfMessagesVisible", "dead events"),
      ofQueue("DeadUploadsQueue", "ApproximateNumberOfMessagesVisible", "dead uploads"),
      ofQueue("DeadChunksQueue", "ApproximateNumberOfMessagesVisible", "dead chunks"),
      ofQueue("DeadRostersQueue", "ApproximateNumberOfMessagesVisible", "dead rosters"),
    ]),
    graph("What became of events", [
      ours("EventsAccepted"),
      ours("EventsAlreadyDone"),
      ours("EventsSuperseded"),
      ours("EventsRejected"),
      ours("EventsHeld"),
      ours("EventsDead"),
      ours("EventsRetried"),
      ours("EventsWaiting"),
    ]),
    graph("Deliveries taken, by source", bySource("DeliveriesAccepted")),
    graph("Deliveries refused, by source", bySource("DeliveriesRefused")),
    graph("Sources that are silent", bySource("SourceSilent", "Maximum")),
    graph("Fields that sources no longer fill", bySource("FieldsMissing", "Maximum")),
    graph("Authing", [ours("AuthingThrottled"), ours("AuthingRefused"), ours("DeliveriesFailed")]),
    graph("Cold starts", [ours("ColdStart")]),
    graph("Files", [
      ours("FilesFinished"),
      ours("FilesRefused"),
      ours("RowsAccepted"),
      ours("RowsAlreadyDone"),
      ours("RowsRejected"),
    ]),
    graph("Rosters", [ours("RostersFinished"), ours("RostersRefused")]),
    graph(
      "Functions that fail",
      functions.map((name) => [
        "AWS/Lambda",
        "Errors",
        "FunctionName",
        `\${${name}LambdaFunction}`,
        { stat: "Sum", label: name.replaceAll("Dash", "-") },
      ]),
    ),
    graph(
      "Functions' time (ms, p99)",
      functions.map((name) => [
        "AWS/Lambda",
        "Duration",
        "FunctionName",
        `\${${name}LambdaFunction}`,
        { stat: "p99", label: name.replaceAll("Dash", "-") },
      ]),
    ),
    logs(
      "What failed: events and files",
      functions,
      'filter message.message in ["event settled", "import settled"] and (message.outcome in ["rejected", "dead", "held"] or message.rejected > 0 or message.state = "refused") | fields @timestamp, message.source, message.event, message.import, message.outcome, message.reason, message.field, message.rejected | sort @timestamp desc | limit 50',
    ),
    logs(
      "What waits, and for what",
      functions,
      'filter message.message = "event waits" | stats count_distinct(message.event) by message.source, message.reason, message.path',
    ),
    logs(
      "What failed: deliveries that were refused",
      functions,
      'filter message.message in ["delivery refused", "delivery not taken"] | stats count(*) by message.source, message.status, message.reason',
    ),
  ];
  return {
    Type: "AWS::CloudWatch::Dashboard",
    Properties: {
      DashboardName: { "Fn::Sub": `\${AWS::StackName}` },
      DashboardBody: { "Fn::Sub": JSON.stringify({ widgets }) },
    },
  };
}
