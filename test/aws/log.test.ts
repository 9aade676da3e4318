import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { awsLog } from "#lib/aws/log.ts";
import { metricNamespace, metricUnits } from "#lib/contract/metrics.ts";
import { dashboard } from "#infra/aws/dashboard.ts";
import { sourceAlarms } from "#infra/aws/source-alarms.ts";

afterEach(() => vi.restoreAllMocks());

/** Captures the lines that go to the console, which Lambda wraps, and those that go directly to standard output. */
function written(log: (to: ReturnType<typeof awsLog>) => void) {
  const toConsole = vi.spyOn(console, "warn").mockImplementation(() => {});
  const lines: unknown[] = [];
  log(
    awsLog({ service: "authing-inbound", stage: "prod" }, (line) => {
      expect(line).toMatch(/^[^\n]+\n$/);
      lines.push(JSON.parse(line));
    }),
  );
  const logged = toConsole.mock.calls.map(([line]) => line as unknown);
  vi.restoreAllMocks();
  return { lines, logged };
}

describe("the log of a function", () => {
  it("counts in CloudWatch's embedded metric format, for the stage and for the source", () => {
    const { lines, logged } = written((log) =>
      log.warn("event settled", { source: "okta", event: "e-1" }, { EventsRejected: 1, EventLag: 120 }),
    );
    expect(logged).toEqual([
      { message: "event settled", service: "authing-inbound", stage: "prod", source: "okta", event: "e-1" },
    ]);
    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number) as number,
          CloudWatchMetrics: [
            {
              Namespace: "AuthingInbound",
              Dimensions: [
                ["service", "stage"],
                ["service", "stage", "source"],
              ],
              Metrics: [
                { Name: "EventsRejected", Unit: "Count" },
                { Name: "EventLag", Unit: "Milliseconds" },
              ],
            },
          ],
        },
        service: "authing-inbound",
        stage: "prod",
        source: "okta",
        EventsRejected: 1,
        EventLag: 120,
      },
    ]);
  });

  it("counts without a line", () => {
    const { lines, logged } = written((log) => log.count?.({ DeliveriesRefused: 1 }, "okta"));
    expect(logged).toEqual([]);
    expect(lines).toMatchObject([{ stage: "prod", source: "okta", DeliveriesRefused: 1 }]);
  });

  it("counts for the stage alone where a line names no source, and counts nothing where a line has no metric", () => {
    const { lines } = written((log) => {
      log.warn("authing throttled", {}, { AuthingThrottled: 1 });
      log.warn("events not postponed", { reason: "queue-unreachable" });
    });
    expect(lines).toMatchObject([{ _aws: { CloudWatchMetrics: [{ Dimensions: [["service", "stage"]] }] } }]);
  });
});

describe("an invocation", () => {
  const begun = (...invocations: [requestId: string, isColdStart: boolean][]) =>
    written((log) => {
      for (const [requestId, isColdStart] of invocations) {
        log.begin?.(requestId, isColdStart);
        log.warn("authing throttled", {}, { AuthingThrottled: 1 });
      }
    });

  it("is counted when it is a cold start, and its lines say so", () => {
    const { lines, logged } = begun(["r-1", true]);
    expect(lines).toMatchObject([
      { ColdStart: 1, requestId: "r-1", coldStart: true, service: "authing-inbound", stage: "prod" },
      { AuthingThrottled: 1, requestId: "r-1", coldStart: true },
    ]);
    expect(logged).toMatchObject([{ coldStart: true }]);
  });

  it("names its own id beside its metrics, and never the id of an earlier invocation", () => {
    const { lines, logged } = begun(["r-1", true], ["r-2", false]);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatchObject({ AuthingThrottled: 1, requestId: "r-2" });
    expect(lines[2]).not.toHaveProperty("coldStart");
    expect(logged[1]).toHaveProperty("coldStart", undefined);
  });
});

describe("alarms and dashboard", () => {
  const fromLogLines = Array.from(
    readFileSync("infra/aws/alarms.yml", "utf8").matchAll(/FilterPattern: '(.*)'[^]*?MetricName: (\w+)/g),
    ([, pattern = "", metric = ""]) => ({ pattern, metric }),
  );

  it("count waiting events by the log lines in which the worker gives the reason", () => {
    const counted = (reason: string) => {
      const { logged } = written((log) => log.warn("event waits", { source: "okta", reason }));
      // As Lambda writes it with log format JSON.
      return fromLogLines
        .filter(({ pattern }) => matches(pattern, { message: logged[0] }))
        .map(({ metric }) => metric);
    };
    expect(counted("source-paused")).toEqual(["EventsPaused"]);
    expect(counted("date-ahead")).toEqual([]);
    expect(counted("source-credentials-refused")).toEqual(["EventsBlocked"]);
  });

  it("look at metrics that are counted", () => {
    const alarms = readFileSync("infra/aws/alarms.yml", "utf8");
    const ofAws = /^(Approximate|Errors|Throttles)/;
    const ofSource = JSON.stringify(sourceAlarms({ name: "okta", isOwn: false }));
    const watched = [alarms, ofSource].flatMap((text) =>
      Array.from(text.matchAll(/"?MetricName"?: ?"?(\w+)/g), ([, name = ""]) => name),
    );
    const counted = new Set([...Object.keys(metricUnits), ...fromLogLines.map(({ metric }) => metric)]);
    const own = watched.filter((name) => !ofAws.test(name));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((name) => !counted.has(name))).toEqual([]);
    expect(alarms).toContain(`Namespace: ${metricNamespace}`);
  });

  it("show every metric", () => {
    const shown = JSON.stringify(dashboard(["okta"], ["WebhooksDashokta"], []));
    expect(Object.keys(metricUnits).filter((name) => !shown.includes(`\\"${name}\\"`))).toEqual([]);
  });

  it("name only alarms that exist", () => {
    const alarms = readFileSync("infra/aws/alarms.yml", "utf8");
    const ofSource = Object.keys(sourceAlarms({ name: "okta", isOwn: false }));
    const shown = JSON.stringify(dashboard(["okta"], [], ofSource));
    const named = Array.from(shown.matchAll(/\$\{(\w+Alarm)\.Arn\}/g), ([, name = ""]) => name);
    expect(named.toSorted()).toEqual(
      [
        ...Array.from(alarms.matchAll(/^ {2}(\w+Alarm):$/gm), ([, name = ""]) => name),
        ...ofSource,
      ].toSorted(),
    );
  });
});

/** Applies a CloudWatch filter pattern for JSON: comparisons of fields with texts, all of which must be true. */
function matches(pattern: string, line: object): boolean {
  const comparisons = [...pattern.matchAll(/\(\$\.([\w.]+) (!?=) "([^"]*)"\)/g)];
  expect(comparisons.map(([whole]) => whole).join(" && ")).toBe(pattern.replace(/^\{ | \}$/g, ""));
  return comparisons.every(([, path = "", operator, wanted]) => {
    const value = path.split(".").reduce<any>((inner, name) => inner?.[name], line);
    return operator === "=" ? value === wanted : value !== wanted;
  });
}
