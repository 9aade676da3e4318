import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InboundError } from "#lib/contract/errors.ts";
import { alarms } from "#lib/handlers/notices.ts";
import { alarmName } from "#lib/notices/alarm-names.ts";
import { alarmNotice, type NoticeSettings } from "#lib/notices/alarm.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { virtualClock } from "../http/server.ts";
import snsAlarm from "../functions/events/sns-alarm.json" with { type: "json" };
import { startChats, type Chats } from "./chats.ts";

// The function on the alarms' topic, with an event as SNS sends it, and chats on this machine.

const settings: NoticeSettings = {
  service: "authing-inbound",
  stage: "prod",
  region: "cn-north-1",
  language: "en",
  timeZone: "Asia/Shanghai",
};
const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 60_000 } as Context;
const change = JSON.parse(snsAlarm.Records[0]?.Sns.Message ?? "") as Record<string, unknown>;

/** An event of SNS with other messages. */
const eventOf = (...messages: readonly (object | string)[]) => ({
  Records: messages.map((message) => ({
    ...snsAlarm.Records[0],
    Sns: {
      ...snsAlarm.Records[0]?.Sns,
      Message: typeof message === "string" ? message : JSON.stringify(message),
    },
  })),
});

let chats: Chats;
let secret: object;
const lines: string[] = [];
const note = (line: string) => void lines.push(line);
beforeEach(async () => {
  const clock = virtualClock();
  chats = await startChats(() => clock.now());
  secret = chats.secret;
  lines.length = 0;
});
afterEach(() => chats.close());

function handler(over: Partial<NoticeSettings> = {}) {
  const open = () => ({
    secrets: secretReader(async () => {
      if (Object.keys(secret).length === 0) throw new InboundError("misconfigured", "secret-empty-yet");
      return { current: secret };
    }),
    settings: { ...settings, ...over },
    clock: virtualClock(),
    log: { info: note, warn: note, error: note },
  });
  const handle = alarms(open);
  return (event: object) => handle(event as never, context);
}

describe("an alarm", () => {
  it("is told to every bot: what happened, since when, and the command to run next", async () => {
    expect(await handler()(snsAlarm)).toEqual(
      ["feishu", "dingtalk", "wecom", "slack"].map((bot) => ({ bot, told: true })),
    );
    expect(chats.shown.dingtalk).toEqual([
      [
        "🔴 Alarm: dead letters (authing-inbound prod)",
        "",
        "Events could not be understood or delivered; `npm run parked -- list dead --stage prod` says why",
        "since: 2026-11-27 09:03",
        "",
        "【next】",
        "npm run parked -- list dead --stage prod --region cn-north-1",
      ].join("\n"),
    ]);
  });

  it("is told in Chinese where the configuration says so", async () => {
    await handler({ language: "zh" })(snsAlarm);
    expect(chats.shown.feishu[0]).toContain("告警：有事件无法理解或执行 (authing-inbound prod)");
    expect(chats.shown.feishu[0]).toContain("时间：2026-11-27 09:03");
  });

  it("is told again when it is over", async () => {
    await handler()(eventOf({ ...change, NewStateValue: "OK", OldStateValue: "ALARM" }));
    expect(chats.shown.dingtalk[0]).toMatch(/^🟢 Over: dead letters/);
    expect(chats.shown.dingtalk[0]).toContain("It has ended.");
    expect(chats.shown.dingtalk[0]).toContain("npm run parked -- list dead --stage prod --region cn-north-1");
    expect(chats.shown.dingtalk[0]).not.toContain("could not be understood");
  });

  it("without data is told to no bot", async () => {
    expect(await handler()(eventOf({ ...change, NewStateValue: "INSUFFICIENT_DATA" }))).toEqual([]);
    expect(chats.asked).toEqual({ feishu: 0, dingtalk: 0, wecom: 0, slack: 0 });
  });

  it("whose description names no command sends the operator to the doctor", () => {
    const told = alarmNotice({ ...change, AlarmDescription: null }, settings);
    expect(told?.sections.at(-1)?.entries).toEqual([
      { command: "npm run doctor -- --stage prod --region cn-north-1" },
    ]);
  });

  it("names the commands that can be run as they are, each once", () => {
    const AlarmDescription = [
      "What happened: events were rejected",
      "",
      "What to do: `npm run parked -- list rejected --stage prod` says why; `aws logs tail /aws/lambda/x --since 1h` says when.",
      "Then `npm run parked -- redrive preview rejected --reason <reason> --stage prod`, or `npm run parked -- list rejected --stage prod`",
    ].join("\n");
    const [said, next] = alarmNotice({ ...change, AlarmDescription }, settings)?.sections ?? [];
    expect(said?.entries).toHaveLength(4);
    expect(next?.entries).toEqual([
      { command: "npm run parked -- list rejected --stage prod --region cn-north-1" },
      { command: "aws logs tail /aws/lambda/x --since 1h --region cn-north-1" },
    ]);
  });

  it.each([
    ["authing-inbound-prod-WebhooksFeishuFailsAlarm-1A2B3C4D5E6F", "webhooks feishu fails"],
    ["authing-inbound-prod-OldEventsAlarm-1A2B3C4D5E6F", "old events"],
    ["another-alarm-of-the-account", "another-alarm-of-the-account"],
  ])("%s is called: %s", (AlarmName, words) => {
    expect(alarmNotice({ ...change, AlarmName }, settings)?.title).toBe(
      `Alarm: ${words} (authing-inbound prod)`,
    );
  });

  it.each([
    ["WebhooksFeishuFails", "webhooks feishu 函数运行失败"],
    ["GoogleWorkspaceSilent", "google workspace 长时间没有推送"],
    ["SomethingNew", "something new"],
  ])("%s is called in Chinese: %s", (name, words) => {
    expect(alarmName(name, "zh")).toBe(words);
  });

  it("tells nothing of the numbers and names that CloudWatch adds", () => {
    const told = JSON.stringify(alarmNotice(change, settings));
    expect(told).not.toMatch(/123456789012|Threshold|3\.0|arn:/);
  });
});

describe("what is no alarm", () => {
  it("is told to no bot, and does not keep the alarms beside it from being told", async () => {
    const event = eventOf("Hello", { AlarmName: "" }, [], change);
    expect(await handler()(event)).toHaveLength(4);
    expect(chats.shown.slack).toHaveLength(1);
    expect(lines.filter((line) => line === "message of the topic is no alarm")).toHaveLength(3);
  });
});

describe("an alarm that no bot takes", () => {
  it("fails the function, so that AWS invokes it again", async () => {
    secret = { wecom: { url: `${chats.url}/cgi-bin/webhook/send?key=another` } };
    await expect(handler()(snsAlarm)).rejects.toThrow("notice-not-told");
  });

  it("does not fail it where one other bot took it, or where there is none", async () => {
    secret = { ...chats.secret, wecom: { url: `${chats.url}/cgi-bin/webhook/send?key=another` } };
    expect(await handler()(snsAlarm)).toHaveLength(4);
    secret = {};
    expect(await handler()(snsAlarm)).toEqual([]);
  });
});

describe("a test", () => {
  it("is sent to every bot, and answers what became of it at each without failing", async () => {
    secret = { slack: chats.secret.slack, wecom: { url: `${chats.url}/cgi-bin/webhook/send?key=another` } };
    expect(await handler()({ test: true })).toEqual([
      expect.objectContaining({ bot: "wecom", told: false, code: "93000" }),
      { bot: "slack", told: true },
    ]);
    expect(chats.shown.slack[0]).toContain("Test: this bot is told of alarms");
    expect(chats.shown.slack[0]).toContain("npm run doctor -- --stage prod --region cn-north-1");
  });
});
