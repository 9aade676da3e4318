import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from "@aws-sdk/client-cloudwatch";
import { expect, it, onTestFinished } from "vitest";
import snsAlarm from "../../../functions/events/sns-alarm.json" with { type: "json" };
import { startChats, type Chats } from "../../../notices/chats.ts";
import { expectAgreement } from "../agreement.ts";
import { putSecrets, send } from "../senders.ts";
import type { Stack } from "../stack.ts";
import type { OpenStack } from "../story.ts";

async function openChats(stack: Stack): Promise<Chats> {
  const chats = await startChats(stack.clock.now);
  onTestFinished(() => chats.close());
  return chats;
}

/** What a function counted in its log, as CloudWatch takes it from there: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html */
function countedIn(text: string): MetricDatum[] {
  const line = JSON.parse(text) as Record<string, unknown> & {
    _aws?: {
      Timestamp: number;
      CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
    };
  };
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        MetricName: Name,
        Dimensions: names.map((name) => ({ Name: name, Value: String(line[name]) })),
        Timestamp: new Date(line._aws?.Timestamp ?? 0),
        Value: Number(line[Name]),
      })),
    ),
  );
}

/** CloudWatch reads the functions' logs. */
async function readLogs(stack: Stack): Promise<void> {
  const client = new CloudWatchClient(stack.clientSettings);
  for (const { text } of stack.lines.filter((line) => line.text.startsWith("{"))) {
    for (const datum of countedIn(text)) {
      await client.send(new PutMetricDataCommand({ Namespace: "AuthingInbound", MetricData: [datum] }));
    }
  }
}

export function notices(open: OpenStack): void {
  it("of alarms reach every bot, and none where the secret is empty", async () => {
    const stack = await open();
    const chats = await openChats(stack);
    expect(await stack.fn("notices-alarm").invoke(snsAlarm)).toEqual({ payload: [] });
    await stack.putSecret("notices", chats.secret);
    expect(await stack.fn("notices-alarm").invoke(snsAlarm)).toEqual({
      payload: ["feishu", "dingtalk", "wecom", "slack"].map((bot) => ({ bot, told: true })),
    });
    for (const shown of Object.values(chats.shown)) {
      expect(shown).toEqual([expect.stringContaining("npm run parked -- list dead --stage prod")]);
    }
    await stack.putSecret("notices", { wecom: { url: "http://127.0.0.1:1/" } });
    // A function reads a secret anew once in five seconds.
    await stack.clock.pass(10);
    expect(await stack.fn("notices-alarm").invoke(snsAlarm)).toMatchObject({
      error: { errorMessage: expect.stringContaining("notice-not-told") },
    });
  });

  it("of each day tell what the functions counted, and what is parked", async () => {
    const stack = await open();
    const chats = await openChats(stack);
    await putSecrets(stack, ["bamboohr"]);
    await stack.putSecret("notices", chats.secret);
    // Of two people one cannot be told apart from others.
    const employees = [
      { id: "10010", action: "Created", fields: { "Work Email": { value: "zhang.san@example.com" } } },
      { id: "10011", action: "Created", fields: { "First Name": { value: "四" } } },
    ];
    expect((await send(stack, "bamboohr", { employees })).ok).toBe(true);
    await stack.drain();
    await readLogs(stack);
    // The hour has to be over.
    await stack.clock.pass(3600);

    const invoked = await stack.fn("notices-digest").invoke({});
    expect(invoked).toMatchObject({ payload: { told: Array.from({ length: 4 }, () => ({ told: true })) } });
    const { text } = (invoked as { payload: { text: string } }).payload;
    expect(chats.shown.dingtalk).toEqual([text]);
    expect(text).toContain("【bamboohr】\nreceived: 1 delivery\nevents: applied 1, dead 1\nslowest: ");
    expect(text).toContain("parked now: dead 1\n· 1 × identifier-missing: The person has no e-mail");
    expect(text).toContain("npm run parked -- list dead --source bamboohr --stage dev --region us-east-1");
    expect(text).toContain("【okta】\nreceived: no delivery");
    expect(text).not.toMatch(/10010|10011|zhang|四/);
    await expectAgreement(stack);
  });
}
