import { randomUUID } from "node:crypto";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { beforeEach, describe, expect, it } from "vitest";
import { cloudwatchNumbers } from "#lib/aws/numbers.ts";
import { metricNamespace, type Metric } from "#lib/contract/metrics.ts";
import type { Numbers } from "#lib/contract/numbers.ts";

const client = new CloudWatchClient();
const hour = 3_600_000;
const to = Math.floor(Date.now() / hour) * hour;
const from = to - 24 * hour;

let names: { service: string; stage: string };
let numbers: Numbers;
beforeEach(() => {
  names = { service: "authing-inbound", stage: randomUUID() };
  numbers = cloudwatchNumbers(names);
});

/** As the embedded metric format of lib/aws/log.ts counts: for the stage and, where it is known, for the source. */
async function count(metric: Metric, at: number, value: number, source?: string): Promise<void> {
  const ofStage = Object.entries(names).map(([Name, Value]) => ({ Name, Value }));
  const each = [ofStage, ...(source === undefined ? [] : [[...ofStage, { Name: "source", Value: source }]])];
  await client.send(
    new PutMetricDataCommand({
      Namespace: metricNamespace,
      MetricData: each.map((Dimensions) => ({
        MetricName: metric,
        Dimensions,
        Timestamp: new Date(at),
        Value: value,
      })),
    }),
  );
}

describe("numbers of CloudWatch", () => {
  it("are summed by the hour, for a source and for the stage; an hour without a value is missing", async () => {
    await count("EventsAccepted", to - 3 * hour + 60_000, 2, "feishu");
    await count("EventsAccepted", to - 3 * hour + 120_000, 3, "feishu");
    await count("EventsAccepted", to - 3 * hour + 180_000, 4, "okta");
    await count("EventsAccepted", to - hour + 60_000, 1, "feishu");
    const asked = [
      { metric: "EventsAccepted", source: "feishu" },
      { metric: "EventsAccepted", source: "clerk" },
      { metric: "EventsAccepted" },
    ] as const;
    expect(await numbers.hours(asked, from, to)).toEqual([
      [
        { at: to - 3 * hour, value: 5 },
        { at: to - hour, value: 1 },
      ],
      [],
      [
        { at: to - 3 * hour, value: 9 },
        { at: to - hour, value: 1 },
      ],
    ]);
  });

  it("that were measured are the greatest of each hour", async () => {
    await count("EventLag", to - hour + 1000, 812, "feishu");
    await count("EventLag", to - hour + 2000, 3240, "feishu");
    await count("EventLag", to - hour + 3000, 100, "feishu");
    expect(await numbers.hours([{ metric: "EventLag", source: "feishu" }], from, to)).toEqual([
      [{ at: to - hour, value: 3240 }],
    ]);
  });

  it("before the first hour and of the hour that is not over are not read", async () => {
    await count("EventsDead", from - 60_000, 1, "feishu");
    await count("EventsDead", to + 1000, 1, "feishu");
    expect(await numbers.hours([{ metric: "EventsDead", source: "feishu" }], from, to)).toEqual([[]]);
  });

  it("can be asked for by hundreds", async () => {
    await count("DeliveriesAccepted", to - hour, 7, "source-600");
    const asked = Array.from({ length: 601 }, (_, index) => ({
      metric: "DeliveriesAccepted" as const,
      source: `source-${index}`,
    }));
    const found = await numbers.hours(asked, from, to);
    expect(found).toHaveLength(601);
    expect(found.at(-1)).toEqual([{ at: to - hour, value: 7 }]);
    expect(found.flat()).toHaveLength(1);
  });
});
