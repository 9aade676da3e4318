import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { awsLog } from "#lib/aws/log.ts";
import { metricNamespace, metricUnits } from "#lib/contract/metrics.ts";
import { dashboard } from "#infra/aws/dashboard.ts";

afterEach(() => vi.restoreAllMocks());

/** What goes to the console, where Lambda wraps it, and what goes past it. */
function written(log: (to: ReturnType<typeof awsLog>) => void) {
  const toConsole = vi.spyOn(console, "warn").mockImplementation(() => {});
  const raw = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  log(awsLog({ service: "authing-inbound", stage: "prod" }));
  const lines = raw.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
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

  it("counts for the stage alone where no source is at work, and nothing where nothing is to be counted", () => {
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

  it("names itself beside what is counted, and no invocation before it", () => {
    const { lines, logged } = begun(["r-1", true], ["r-2", false]);
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatchObject({ AuthingThrottled: 1, requestId: "r-2" });
    expect(lines[2]).not.toHaveProperty("coldStart");
    expect(logged[1]).toHaveProperty("coldStart", undefined);
  });
});

describe("alarms and dashboard", () => {
  it("look at metrics that are counted", () => {
    const alarms = readFileSync("infra/aws/alarms.yml", "utf8");
    const ofAws = /^(Approximate|Errors|Throttles)/;
    const watched = Array.from(alarms.matchAll(/MetricName: (\w+)/g), ([, name = ""]) => name);
    const own = watched.filter((name) => !ofAws.test(name));
    expect(own.length).toBeGreaterThan(5);
    expect(own.filter((name) => !(name in metricUnits))).toEqual([]);
    expect(alarms).toContain(`Namespace: ${metricNamespace}`);
  });

  it("show every metric", () => {
    const shown = JSON.stringify(dashboard(["okta"], ["WebhooksDashokta"]));
    expect(Object.keys(metricUnits).filter((name) => !shown.includes(`\\"${name}\\"`))).toEqual([]);
  });

  it("name only alarms that there are", () => {
    const alarms = readFileSync("infra/aws/alarms.yml", "utf8");
    const shown = JSON.stringify(dashboard(["okta"], []));
    const named = Array.from(shown.matchAll(/\$\{(\w+Alarm)\.Arn\}/g), ([, name = ""]) => name);
    expect(named.toSorted()).toEqual(
      Array.from(alarms.matchAll(/^ {2}(\w+Alarm):$/gm), ([, name = ""]) => name).toSorted(),
    );
  });
});
