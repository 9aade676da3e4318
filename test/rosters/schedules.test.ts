import { expect, it } from "vitest";
import { defineConfig } from "#lib/config.ts";
import { rosterSchedules } from "#infra/local/roster-schedules.ts";

it("one machine begins a run at its time of the day, by the clocks of its place, once a day", () => {
  const begun: string[] = [];
  const config = defineConfig({
    region: "CN",
    sources: {
      okta: { reconcile: { at: "02:30" } },
      bamboohr: { reconcile: { at: "02:30", timeZone: "Europe/Berlin" } },
      clerk: { reconcile: {} },
    },
  });
  let now = Date.UTC(2026, 2, 28, 12);
  const schedules = rosterSchedules(config, (source) =>
    begun.push(`${source} ${new Date(now).toISOString()}`),
  );
  expect(schedules).toHaveLength(2);
  // Two days, looked at each twenty seconds; on the second one the clocks of Berlin jump over 02:30.
  for (; now < Date.UTC(2026, 2, 30, 12); now += 20_000) for (const schedule of schedules) schedule(now);
  expect(begun).toEqual([
    "okta 2026-03-28T18:30:00.000Z",
    "okta 2026-03-29T18:30:00.000Z",
    "bamboohr 2026-03-30T00:30:00.000Z",
  ]);
});
