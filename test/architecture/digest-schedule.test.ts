import { describe, expect, it } from "vitest";
import { deployment } from "#infra/aws/deployment.ts";
import { functionFiles } from "#infra/aws/bundle.ts";
import { defineConfig } from "#lib/config.ts";

const files = functionFiles();
const config = { ...defineConfig({ timeZone: "Asia/Shanghai", sources: {} }), sources: [] };
const made = deployment(config, files);
const resources = made.resources.Resources as unknown as Record<
  string,
  { Properties: { Policies?: { PolicyDocument: { Statement: unknown[] } }[] } }
>;

describe("the deployment", () => {
  it("sends the digest at the configured time of the company's clocks, in a role that may invoke one function", () => {
    const schedule = { method: "scheduler", rate: ["cron(10 9 * * ? *)"], timezone: "Asia/Shanghai" };
    expect(made.functions["notices-digest"]).toMatchObject({ events: [{ schedule }] });
    const { Policies } = resources["DigestScheduleRole"]?.Properties ?? {};
    expect(Policies?.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
      {
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: { "Fn::GetAtt": ["NoticesDashdigestLambdaFunction", "Arn"] },
      },
    ]);
    const evening = deployment({ ...config, notices: { language: "zh", digestAt: "18:05" } }, files);
    expect(JSON.stringify(evening.functions["notices-digest"])).toContain("cron(5 18 * * ? *)");
  });

  it("sends no digest where the configuration wants none", () => {
    const without = deployment({ ...config, notices: { language: "en", digestAt: false } }, files);
    expect(without.functions["notices-digest"]).toMatchObject({ events: [] });
    expect(without.resources.Resources).not.toHaveProperty("DigestScheduleRole");
  });

  it("refuses to send a digest by a time zone that AWS does not know", () => {
    const offset = { ...config, timeZone: "+08:00" };
    expect(() => deployment(offset, files)).toThrow("name a place, or set notices.digestAt to false");
    const without = { ...offset, notices: { language: "en" as const, digestAt: false as const } };
    expect(() => deployment(without, files)).not.toThrow();
  });
});
