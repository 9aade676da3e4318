import { describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import type { FilledFields } from "#lib/contract/filled-fields.ts";
import type { LogFields } from "#lib/contract/log.ts";
import type { Metrics } from "#lib/contract/metrics.ts";
import { filledDaysKey, watchFields, type FieldsPorts } from "#lib/watch/filled-days.ts";

const dayMilliseconds = 86_400_000;
const firstDay = Date.UTC(2026, 9, 1);

/** A bucket, a log of the worker and a clock, in memory. */
function world(sources = ["okta", "wecom"]) {
  const objects = new Map<string, string>();
  const settled: { at: number; filled: FilledFields }[] = [];
  const lines: { message: string; fields: LogFields; metrics?: Metrics | undefined }[] = [];
  const line = (message: string, fields: LogFields = {}, metrics?: Metrics) =>
    void lines.push({ message, fields, metrics });
  let now = firstDay;
  const ports: FieldsPorts = {
    filled: {
      async *pages({ since, until }) {
        const found = settled.filter(({ at }) => at >= since && at < until).map(({ filled }) => filled);
        for (let first = 0; first < found.length; first += 3) yield found.slice(first, first + 3);
      },
    },
    objects: {
      async read({ key }) {
        const text = objects.get(key);
        if (text === undefined) throw new InboundError("malformed", "object-missing");
        return (async function* () {
          yield Buffer.from(text);
        })();
      },
      async write({ key }, parts) {
        objects.set(key, Buffer.concat(await Array.fromAsync(parts)).toString());
        return {};
      },
      async remove() {},
    },
    bucket: "uploads",
    sources,
    clock: { now: () => now, wait: async () => {}, random: () => 0.5 },
    log: { info: line, warn: line, error: line },
  };
  return {
    ports,
    objects,
    lines,
    /** A day passes, with so many joiners of a source; then the run of the next night. */
    async day(source: string, count: number, fields: readonly string[], deadline = Infinity) {
      for (let index = 0; index < count; index += 1)
        settled.push({ at: now + index * 60_000, filled: { source, fields } });
      now = (Math.floor(now / dayMilliseconds) + 1) * dayMilliseconds + 20 * 60_000;
      return watchFields(ports, deadline);
    },
    again: () => watchFields(ports, Infinity),
  };
}

describe("the daily count of filled fields", () => {
  it("tells a field that is no longer filled, and its source, in the log and as a metric", async () => {
    const { day, lines } = world();
    for (let index = 0; index < 14; index += 1) await day("okta", 10, ["email", "name"]);
    expect(lines.filter(({ message }) => message === "field missing")).toEqual([]);
    expect(await day("okta", 12, ["name"])).toEqual({ missing: 1 });
    expect(lines.slice(-2)).toEqual([
      {
        message: "field missing",
        fields: { source: "okta", field: "email", usualPercent: 100, percent: 0, since: "2026-10-15" },
        metrics: undefined,
      },
      {
        message: "fields counted",
        fields: { source: "okta", day: "2026-10-15" },
        metrics: { FieldsMissing: 1 },
      },
    ]);
    await day("okta", 12, ["email", "name"]);
    expect(lines.at(-1)?.metrics).toEqual({ FieldsMissing: 0 });
  });

  it("keeps numbers only, of six weeks, for the sources that are switched on", async () => {
    const { day, objects } = world(["okta"]);
    for (let index = 0; index < 50; index += 1) await day(index % 2 ? "okta" : "gone", 2, ["email"]);
    const kept = JSON.parse(objects.get(filledDaysKey) ?? "") as Record<string, { day: string }[]>;
    expect(Object.keys(kept)).toEqual(["okta"]);
    expect(kept["okta"]).toHaveLength(21);
    expect(kept["okta"]?.[0]).toEqual({ day: "2026-10-10", events: 2, fields: { email: 2 } });
  });

  it("counts each day once, however often it runs", async () => {
    const { day, again, objects } = world();
    await day("okta", 5, ["email"]);
    const once = objects.get(filledDaysKey);
    await again();
    expect(objects.get(filledDaysKey)).toBe(once);
  });

  it("says nothing of a source with too few events, so that its alarm stays as it is", async () => {
    const { day, lines } = world();
    await day("okta", 5, ["email"]);
    expect(lines).toEqual([]);
  });

  it("begins anew where its own counts cannot be read", async () => {
    const { day, objects, lines } = world();
    objects.set(filledDaysKey, "{");
    await day("okta", 12, ["email"]);
    expect(lines.map(({ message }) => message)).toEqual(["counts of fields unreadable", "fields counted"]);
    expect(JSON.parse(objects.get(filledDaysKey) ?? "")).toMatchObject({ okta: [{ events: 12 }] });
  });

  it("stops where the invocation ends, and uses the part that it has read", async () => {
    const { day, objects, lines } = world();
    await day("okta", 12, ["email"], 0);
    expect(JSON.parse(objects.get(filledDaysKey) ?? "")).toMatchObject({ okta: [{ events: 3 }] });
    expect(lines[0]?.message).toBe("fields counted in part");
  });

  it("counts a bounded number of fields", async () => {
    const { day, objects } = world();
    const many = Array.from({ length: 150 }, (_, index) => `customData.${index}`);
    await day("okta", 1, many);
    const kept = JSON.parse(objects.get(filledDaysKey) ?? "") as { okta: [{ fields: object }] };
    expect(Object.keys(kept.okta[0].fields)).toHaveLength(100);
  });
});
