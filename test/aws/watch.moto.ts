import { randomUUID } from "node:crypto";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { cloudWatchDeliveries } from "#lib/aws/delivery-history.ts";
import { filledFieldsLog } from "#lib/aws/filled-fields-log.ts";
import { metricNamespace } from "#lib/contract/metrics.ts";

const quarter = 900_000;
const day = 86_400_000;

describe("the history of deliveries in CloudWatch", () => {
  const service = `service-${randomUUID()}`;
  const cloudWatch = new CloudWatchClient();
  const until = Math.floor(Date.now() / quarter) * quarter;

  /** As the embedded metric format has it counted: for the stage and for the source. */
  async function count(source: string, at: number, MetricName = "DeliveriesAccepted", stage = "prod") {
    const dimensions = Object.entries({ service, stage, source }).map(([Name, Value]) => ({ Name, Value }));
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: metricNamespace,
        MetricData: [dimensions.slice(0, 2), dimensions].map((Dimensions) => ({
          MetricName,
          Dimensions,
          Value: 1,
          Timestamp: new Date(at),
        })),
      }),
    );
  }

  it("is the quarters of an hour in which each source delivered, over eight weeks", async () => {
    await count("okta", until - 56 * day);
    await count("okta", until - 2 * quarter);
    await count("okta", until - 2 * quarter + 60_000);
    await count("okta", until - quarter + 1000);
    await count("clerk", until - 3 * day);
    // Not meant: what was refused, another stage, what is newer.
    await count("okta", until - 4 * quarter, "DeliveriesRefused");
    await count("okta", until - 5 * quarter, undefined, "test");
    await count("okta", until);
    const deliveries = cloudWatchDeliveries({ service, stage: "prod" });
    const sources = ["wecom", "okta", "clerk"];
    expect(await deliveries.quarters(sources, { since: until - 56 * day, until })).toEqual(
      new Map([
        ["wecom", []],
        ["okta", [until - 56 * day, until - 2 * quarter, until - quarter]],
        ["clerk", [until - 3 * day]],
      ]),
    );
  });

  it("says when each source was heard last, to a quarter of an hour, and how often in the last day", async () => {
    const stage = "heard";
    const [now, begun] = [Date.now(), Math.floor(Date.now() / quarter) * quarter];
    await count("okta", begun - 95 * quarter, undefined, stage);
    await count("okta", begun - quarter + 60_000, undefined, stage);
    await count("okta", begun - quarter + 120_000, undefined, stage);
    // Not meant: before the last day, what was refused, another stage.
    await count("okta", begun - 97 * quarter, undefined, stage);
    await count("okta", begun, "DeliveriesRefused", stage);
    await count("okta", begun, undefined, "other");
    await count("clerk", begun - 3 * day, undefined, stage);
    await count("wecom", begun - 16 * day, undefined, stage);
    const deliveries = cloudWatchDeliveries({ service, stage });
    const at = (moment: number) => new Date(moment).toISOString();
    expect(await deliveries.heard(["okta", "clerk", "wecom"], now)).toEqual(
      new Map([
        ["okta", { lastAt: at(begun - quarter), deliveries24h: 3 }],
        ["clerk", { lastAt: at(begun - 3 * day), deliveries24h: 0 }],
        ["wecom", { deliveries24h: 0 }],
      ]),
    );
  });

  it("is asked for in several requests where there are many sources", async () => {
    await count("source-39", until - day);
    const sources = Array.from({ length: 40 }, (_, index) => `source-${index}`);
    const deliveries = cloudWatchDeliveries({ service, stage: "prod" });
    const found = await deliveries.quarters(sources, { since: until - 2 * day, until });
    expect(found.size).toBe(40);
    expect(found.get("source-39")).toEqual([until - day]);
    expect(found.get("source-0")).toEqual([]);
  });
});

describe("the fields that the worker's log names", () => {
  const logs = new CloudWatchLogsClient();
  const line = (at: number, message: object | string) => ({
    timestamp: at,
    message:
      typeof message === "string"
        ? message
        : JSON.stringify({ timestamp: new Date(at).toISOString(), level: "INFO", requestId: "r-1", message }),
  });

  it("are those of the lines that say what became of an event, in the period", async () => {
    const logGroupName = `/aws/lambda/${randomUUID()}`;
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    const since = Math.floor(Date.now() / day) * day - day;
    const settled = (fields: string | undefined, source = "okta") => ({
      message: "event settled",
      source,
      event: "e-1",
      outcome: "accepted",
      fields,
    });
    for (const logStreamName of ["one", "two"]) {
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      await logs.send(
        new PutLogEventsCommand({
          logGroupName,
          logStreamName,
          logEvents: [
            line(since - 1, settled("before")),
            line(since, settled("email,name")),
            line(since + 1, settled(undefined)),
            line(since + 2, { message: "event waits", source: "okta", fields: "email" }),
            line(since + 3, "no JSON"),
            line(since + 4, settled("", "clerk")),
            line(since + day, settled("after")),
          ],
        }),
      );
    }
    const pages = await Array.fromAsync(filledFieldsLog(logGroupName).pages({ since, until: since + day }));
    const own = [
      { source: "okta", fields: ["email", "name"] },
      { source: "clerk", fields: [] },
    ];
    expect(pages.flat().toSorted(({ source }, other) => (source > other.source ? -1 : 1))).toEqual([
      own[0],
      own[0],
      own[1],
      own[1],
    ]);
  });

  it("are not there where there is no such log", async () => {
    const pages = filledFieldsLog(`/aws/lambda/${randomUUID()}`).pages({ since: 0, until: day });
    await expect(Array.fromAsync(pages)).rejects.toMatchObject({
      code: "misconfigured",
      reason: "log-unreadable",
    });
  });
});
