import { describe, expect, it } from "vitest";
import type { LogFields } from "#lib/contract/log.ts";
import type { SilencePolicy } from "#lib/contract/policies.ts";
import type { Metrics } from "#lib/contract/metrics.ts";
import { watchDeliveries } from "#lib/watch/deliveries.ts";
import { always, day, hour, quartersOf } from "./rhythms.ts";

describe("the watch over deliveries", () => {
  it("says of each source whether it is silent, by what CloudWatch has certainly counted", async () => {
    const now = Date.UTC(2026, 10, 6, 4, 18);
    const until = Date.UTC(2026, 10, 6, 4, 0);
    const periods: unknown[] = [];
    const lines: [string, LogFields, Metrics | undefined][] = [];
    const line = (message: string, fields: LogFields = {}, metrics?: Metrics) =>
      void lines.push([message, fields, metrics]);
    const before = quartersOf(always(40), { from: until - 50 * day, until: until - 6 * hour });
    const silent = await watchDeliveries({
      deliveries: {
        async quarters(_, period) {
          periods.push(period);
          return new Map([
            ["okta", before],
            ["clerk", [...before, until - hour]],
            ["wecom", before],
          ]);
        },
      },
      silence: new Map<string, SilencePolicy>([
        ["okta", "learnt"],
        ["clerk", "learnt"],
        ["wecom", "never"],
        ["feishu", "learnt"],
        ["dingtalk", 48],
      ]),
      timeZone: "Asia/Shanghai",
      clock: { now: () => now, wait: async () => {}, random: () => 0 },
      log: { info: line, warn: line, error: line },
    });
    expect(silent).toEqual(["okta", "dingtalk"]);
    expect(periods).toEqual([{ since: until - 56 * day, until }]);
    const since = new Date(until - 6 * hour).toISOString();
    expect(lines).toEqual([
      ["source silent", { source: "okta", hours: 6, since }, { SourceSilent: 1 }],
      ["source heard", { source: "clerk" }, { SourceSilent: 0 }],
      ["source heard", { source: "wecom" }, { SourceSilent: 0 }],
      ["source not heard for four weeks", { source: "feishu" }, undefined],
      ["source silent", { source: "dingtalk", hours: 1344, since: undefined }, { SourceSilent: 1 }],
    ]);
  });
});
