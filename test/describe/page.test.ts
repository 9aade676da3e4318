import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import config from "#config";
import { outcomesKeptSeconds } from "#lib/ledger/event-record.ts";
import { defineConfig } from "#lib/config.ts";
import type { Config } from "#lib/config.ts";
import { enabledSources } from "#lib/wiring/enabled-sources.ts";
import { alarmsIn } from "#infra/describe/alarms.ts";
import { chinese } from "#infra/describe/chinese.ts";
import { english } from "#infra/describe/english.ts";
import { describePage } from "#infra/describe/page.ts";

const yaml = (name: string) => readFileSync(`infra/aws/${name}.yml`, "utf8");
const pageOf = (config: Config, words = english) =>
  describePage({ config, sources: enabledSources(config), alarms: alarmsIn(yaml("alarms")) }, words);

describe("npm run describe", () => {
  it("prints the page of this repository's configuration", async () => {
    // Read it like code before you accept a change of it: vitest -u writes it.
    await expect(pageOf(config)).toMatchFileSnapshot("files/page.md");
  });

  it("prints it in Chinese, with the same settings, names and numbers", async () => {
    const page = pageOf(config, chinese);
    await expect(page).toMatchFileSnapshot("files/page.zh.md");
    const facts = (text: string) => (text.match(/`[^`]+`|\d+/g) ?? []).toSorted();
    expect(facts(page)).toEqual(facts(pageOf(config)));
  });

  it("says what a configuration changes", () => {
    const page = pageOf(
      defineConfig({
        service: "people",
        encryption: "customer-managed",
        network: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
        keepResultsDays: 30,
        uploads: { keepFiles: true, existing: "update" },
        region: "DE",
        authing: { host: "https://authing.example.com", kickUsers: ["app-1"], otp: "inline" },
        sources: {
          okta: {
            people: "shared",
            leave: "suspend",
            rehire: "reject",
            departments: { 研发: "6350a1b2" },
            customData: { title: "profile.title" },
            passwordHashes: "keep",
          },
        },
      }),
    );
    for (const said of [
      "# What people does",
      "`okta` (`shared`) may change, close and open also people that other sources and files brought",
      "| `okta` | `suspend`: ends sign-in; authorisations stay | `reject`: is rejected",
      "| `okta` | `研发` → `6350a1b2` | `title` ← `profile.title` |",
      "at the end of that day in Europe/Berlin",
      "ends the person's sessions in 1 application.",
      "along with the person",
      "The password hash that `okta` sends of a joiner goes to Authing as it is",
      "`https://authing.example.com`",
      "One KMS key of your account encrypts",
      "`events-apply`, `uploads-run`, `rosters-run`, `operations-run`, `notices-alarm`, `notices-digest` run in `subnet-0a1b2c3d` with `sg-0a1b2c3d`",
      "| 30 days |",
      "| bucket, `incoming/users/` | uploaded files of users | until an operator deletes them |",
      "changes it to what its filled cells say (`update`)",
    ]) {
      expect(page).toContain(said);
    }
    expect(page).not.toContain("clerk");
  });

  it("names every alarm of the template", () => {
    const alarms = alarmsIn(yaml("alarms"));
    expect(alarms).toHaveLength(yaml("alarms").match(/Type: AWS::CloudWatch::Alarm/g)?.length ?? 0);
    expect(() => alarmsIn("  OneAlarm:\n    Type: AWS::CloudWatch::Alarm\n")).toThrow(
      "OneAlarm does not say what",
    );
  });

  it("gives the times for which data is kept as the template has them", () => {
    const page = pageOf(config);
    const rules = yaml("bucket").matchAll(/Prefix: (\S+)\n\s+ExpirationInDays: (\d+)/g);
    const days = Object.fromEntries(Array.from(rules, ([, prefix = "", days]) => [prefix, Number(days)]));
    expect(days).toEqual({
      "incoming/otp/": 1,
      "plan/otp/": 1,
      "rows/otp/": 1,
      "rows/users/": 15,
      "waiting/": 15,
      "rosters/": 15,
      "parked/rejected/": 30,
      "enrolments/": 7,
    });
    expect(page).toMatch(/\| bucket, `waiting\/` .* \| 15 days \|/);
    expect(page).toMatch(/\| bucket, `incoming\/otp\/` .* 1 day if that fails \|/);
    expect(page).toMatch(/\| bucket, `plan\/otp\/` .* \| 1 day \|/);
    expect(page).toMatch(/\| bucket, `rows\/otp\/` .* 1 day at most \|/);
    expect(page).toMatch(/\| bucket, `rows\/users\/` .* 15 days at most \|/);
    expect(page).toMatch(/\| bucket, `rosters\/` .* 15 days at most \|/);
    expect(page).toMatch(/\| bucket, `parked\/` .* rejected ones 30 days \|/);
    expect(page).toMatch(/\| bucket, `enrolments\/` .* \| 7 days at most \|/);
    expect(new Set(yaml("queues").match(/MessageRetentionPeriod: \d+/g))).toEqual(
      new Set([`MessageRetentionPeriod: ${14 * 86_400}`]),
    );
    expect(readFileSync("serverless.yml", "utf8")).toContain("logRetentionInDays: 30\n");
    expect(outcomesKeptSeconds).toBe(90 * 86_400);
  });
});
