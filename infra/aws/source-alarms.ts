import { metricNamespace, type Metric } from "#lib/contract/metrics.ts";
import { pascal } from "#infra/stage/outputs.ts";
import { alarmText, type AlarmText } from "./alarm-text.ts";
import { ref, type Value } from "./cloudformation.ts";

// The alarms that each source has of its own, so that an alarm names the source. Those of the stage are in alarms.yml.

/** A source that is switched on. */
export interface WatchedSource {
  readonly name: string;
  /** Defined in the configuration, so that it has no README in lib/sources. */
  readonly isOwn: boolean;
}

/** osls replaces the stage before CloudFormation reads the template. */
const onStage = "--stage ${sls:stage}";
/** EventsPaused is counted from the log by a filter (alarms.yml). */
type Counted = Metric | "EventsPaused";

/** By the name of the alarm in the template. */
export function sourceAlarms(source: WatchedSource): Record<string, Value> {
  const { name } = source;
  const alarms = {
    Silent: silent(source),
    RejectedShare: share(name, "EventsRejected", 20, {
      happened: `more than 20 % of the events of ${name} were rejected within an hour, and at least 20 events came`,
      means: `this is not about single people, there is one cause: a field, an identifier or a setting that Authing or inbound.config.ts refuses. What ${name} reports of these people is not applied.`,
      next: `\`npm run parked -- list rejected --source ${name} ${onStage}\` says why. Correct the cause within 30 days, deploy, look at \`npm run parked -- redrive preview rejected --source ${name} ${onStage}\`, then apply it.`,
    }),
    SupersededShare: share(name, "EventsSuperseded", 50, {
      happened: `more than half of the events of ${name} were superseded within an hour, and at least 20 events came: something newer was already known`,
      means: `what ${name} says of people is not used. A clock at ${name} is wrong, another source states the same fields later, or ${name} sends old events again; the last one needs no action.`,
      next: `\`aws logs tail /aws/lambda/\${self:service}-\${sls:stage}-events-apply --since 1h --filter-pattern superseded\` names events; \`npm run explain -- ${name}/<event> ${onStage}\` shows the newer event of each field, and its time. Correct the clock at the vendor, or decide in inbound.config.ts which source states the field.`,
    }),
    Paused: alarm(name, "EventsPaused", {
      text: {
        happened: `${name} has been paused for three hours, and events of it have come`,
        means: `these events are stored and none is applied: people who joined, moved or left at ${name} meanwhile keep the accounts that they had, and leavers can still sign in.`,
        next: `\`npm run parked -- list waiting --source ${name} ${onStage}\` shows what is stored; \`npm run resume -- ${name} ${onStage}\` ends the pause and applies it.`,
      },
      statistic: "Sum",
      // A stored event is looked at again after 20 minutes at most, and counted each time.
      periodSeconds: 1800,
      periods: 6,
      missing: "notBreaching",
    }),
    FieldsMissing: alarm(name, "FieldsMissing", {
      text: {
        happened: `${name} no longer fills a field that most of its events filled before; counted once a day`,
        means: `people arrive without the field, for example without an e-mail address, and existing accounts keep an old value. Often a permission was taken away at the vendor. After 28 days without the field this counts as usual, and the alarm ends.`,
        next: `\`aws logs tail /aws/lambda/\${self:service}-\${sls:stage}-watch-fields --since 2d --filter-pattern '"field missing"'\` names the field and since when. \`npm run explain -- <externalId> ${onStage}\` shows what came of a person. Give the permission back at the vendor (${readme(source)}), then let it send these people again.`,
      },
      statistic: "Maximum",
      periodSeconds: 3600,
      periods: 1,
      missing: "ignore",
    }),
  };
  return Object.fromEntries(
    Object.entries(alarms).map(([kind, made]) => [`${pascal(name)}${kind}Alarm`, made]),
  );
}

function silent(source: WatchedSource): Value {
  const { name } = source;
  return alarm(name, "SourceSilent", {
    text: {
      happened: `no delivery of ${name} was accepted for longer than is usual for these hours of the week, or than inbound.config.ts allows (silence)`,
      means: `people who joined, moved or left at ${name} since then are not known here, and leavers can still sign in. On a public holiday this is normal: the alarm ends with the next delivery. After four weeks it stays as it is.`,
      next: `\`npm run doctor -- ${onStage}\` checks the webhook; \`npm run refused -- ${onStage}\` lists deliveries that came and were refused. If none came, look at the vendor whether the webhook is switched off or failing (${readme(source)}). Once it delivers again, upload the people of ${name} as a file, or let it send them again: docs/alarms.md.`,
    },
    statistic: "Maximum",
    // Said each quarter of an hour. Where nothing is said, the alarm stays as it is.
    periodSeconds: 900,
    periods: 1,
    missing: "ignore",
  });
}

const readme = ({ name, isOwn }: WatchedSource) =>
  isOwn ? "its screen for webhooks" : `lib/sources/${name}/README.md names the screen`;

const dimensions = (source: string): Value => [
  { Name: "service", Value: "${self:service}" },
  { Name: "stage", Value: "${sls:stage}" },
  { Name: "source", Value: source },
];

const always = (text: AlarmText): Record<string, Value> => ({
  AlarmDescription: alarmText(text),
  ComparisonOperator: "GreaterThanThreshold",
  AlarmActions: [ref("AlarmsTopic")],
  OKActions: [ref("AlarmsTopic")],
});

function alarm(
  source: string,
  metric: Counted,
  made: {
    readonly text: AlarmText;
    readonly statistic: "Sum" | "Maximum";
    readonly periodSeconds: number;
    readonly periods: number;
    readonly missing: "ignore" | "notBreaching";
  },
): Value {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      ...always(made.text),
      Namespace: metricNamespace,
      MetricName: metric,
      Dimensions: dimensions(source),
      Statistic: made.statistic,
      Period: made.periodSeconds,
      EvaluationPeriods: made.periods,
      Threshold: 0,
      TreatMissingData: made.missing,
    },
  };
}

/** The share of a source's events with this outcome in an hour. Fewer than 20 events are too few to show a problem. */
function share(source: string, metric: Metric, percent: number, text: AlarmText): Value {
  const of = (id: string, name: Metric, stat: string): Value => ({
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: metricNamespace, MetricName: name, Dimensions: dimensions(source) },
      Period: 3600,
      Stat: stat,
    },
  });
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      ...always(text),
      Metrics: [
        of("some", metric, "Sum"),
        // Measured once for each event whose outcome is recorded, whatever it is: one metric to pay for in place of six.
        of("events", "EventLag", "SampleCount"),
        {
          Id: "share",
          Label: `percent of the events of ${source}`,
          Expression: "IF(events >= 20, 100 * FILL(some, 0) / events, 0)",
        },
      ],
      EvaluationPeriods: 1,
      Threshold: percent,
      TreatMissingData: "notBreaching",
    },
  };
}
