import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Metric } from "#lib/contract/metrics.ts";
import type { Numbers } from "#lib/contract/numbers.ts";
import type { ParkedKind, ParkedMessage } from "#lib/contract/parked.ts";
import { digest } from "#lib/handlers/notices.ts";
import type { DigestSettings } from "#lib/notices/digest.ts";
import { duration, localTime } from "#lib/notices/words.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { memoryParked } from "../memory/parked.ts";
import { virtualClock } from "../http/server.ts";
import { startChats, type Chats } from "./chats.ts";

// The function of the daily digest, with chats on this machine. test/aws/numbers.moto.ts reads numbers from CloudWatch.

const hour = 3_600_000;
/** 09:10 in Shanghai. */
const now = Date.UTC(2026, 10, 27, 1, 10);
const settings: DigestSettings = {
  service: "authing-inbound",
  stage: "prod",
  region: "cn-north-1",
  bucket: "uploads-of-prod",
  language: "en",
  timeZone: "Asia/Shanghai",
};
const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 60_000 } as Context;
const quiet = () => {};

/** What was counted: `[metric, source, hours before the digest, value]`. */
type Counted = readonly [metric: Metric, source: string | undefined, hoursAgo: number, value: number];

const numbersOf = (counted: readonly Counted[]): Numbers => ({
  async hours(asked, from, to) {
    return asked.map(({ metric, source }) =>
      counted
        .filter(([name, of]) => name === metric && of === source)
        .map(([, , hoursAgo, value]) => ({ at: Date.UTC(2026, 10, 27, 1) - hoursAgo * hour, value }))
        .filter(({ at }) => at >= from && at < to)
        .toSorted((one, other) => one.at - other.at),
    );
  },
});

const parkedMessage = (kind: ParkedKind, source: string, reason: string, id: string): ParkedMessage => ({
  kind,
  message: {
    kind: "unreadable",
    source,
    id,
    reason: "body-not-json",
    delivery: { method: "POST", rawQuery: "", headers: {}, payload: "张三 zhang.san@example.com" },
    reception: { receivedAt: "2026-11-26T00:00:01.000Z", proof: "hmac-sha256" },
  },
  ledgerId: id,
  reason,
  externalId: "10010",
  attempts: 1,
  since: "2026-11-26T00:00:01.000Z",
});

let chats: Chats;
beforeEach(async () => {
  chats = await startChats(() => now);
});
afterEach(() => chats.close());

interface Given {
  readonly sources?: readonly string[];
  readonly counted?: readonly Counted[];
  readonly parked?: readonly ParkedMessage[];
  readonly secret?: object;
  readonly over?: Partial<DigestSettings>;
}

async function send(given: Given, event: object = {}) {
  const { sources = ["feishu"], counted = [], parked = [], secret = chats.secret, over = {} } = given;
  const port = memoryParked();
  for (const message of parked) await port.keep(message);
  const handle = digest(() => ({
    secrets: secretReader(async () => ({ current: secret })),
    settings: { ...settings, ...over },
    sources,
    numbers: numbersOf(counted),
    parked: port,
    clock: virtualClock(now),
    log: { info: quiet, warn: quiet, error: quiet },
  }));
  return handle(event as never, context);
}

const busy: Given = {
  sources: ["feishu", "okta"],
  counted: [
    ["DeliveriesAccepted", "feishu", 1, 100],
    ["DeliveriesAccepted", "feishu", 24, 20],
    // Of the day before.
    ["DeliveriesAccepted", "feishu", 25, 7],
    ["DeliveriesRefused", "feishu", 2, 3],
    ["EventsAccepted", "feishu", 1, 110],
    ["EventsAlreadyDone", "feishu", 3, 4],
    ["EventsRejected", "feishu", 3, 2],
    ["EventsDead", "feishu", 3, 1],
    ["EventLag", "feishu", 1, 3240],
    ["EventLag", "feishu", 5, 812],
    ["DeliveriesAccepted", "okta", 24 * 3, 1],
    ["FilesFinished", undefined, 4, 2],
    ["RowsAccepted", undefined, 4, 500],
    ["RowsRejected", undefined, 4, 3],
    // The hour that is not over belongs to the next digest.
    ["DeliveriesAccepted", "feishu", 0, 99],
  ],
  parked: [
    parkedMessage("rejected", "feishu", "identifier-in-use", "r-1"),
    parkedMessage("rejected", "feishu", "identifier-in-use", "r-2"),
    parkedMessage("rejected", "feishu", "authing-refused", "r-3"),
    parkedMessage("dead", "feishu", "body-not-json", "d-1"),
    parkedMessage("waiting", "okta", "date-ahead", "w-1"),
  ],
};

describe("the daily digest", () => {
  it("tells for each source what came, what became of it, what is parked and why, and the commands to run next", async () => {
    const { text, told } = await send(busy);
    expect(told).toEqual(["feishu", "dingtalk", "wecom", "slack"].map((bot) => ({ bot, told: true })));
    expect(chats.shown.dingtalk).toEqual([text]);
    expect(text).toBe(
      [
        "📋 Daily digest (authing-inbound prod)",
        "",
        "2026-11-26 09:00 – 2026-11-27 09:00 Asia/Shanghai",
        "",
        "【feishu】",
        "received: 120 deliveries, refused 3",
        "events: applied 110, already done 4, rejected 2, dead 1",
        "slowest: 3.2 s",
        "parked now: dead 1",
        "· 1 × body-not-json: The body is no JSON, so the delivery is dead and no account is changed.",
        "parked now: rejected 3",
        "· 2 × identifier-in-use: Another person of this source has the identifier; the event waits an hour, in case they are just giving it up, and is rejected after that.",
        "· 1 × authing-refused",
        "last delivery: 2026-11-27 08:00–09:00",
        "npm run parked -- list dead --source feishu --stage prod --region cn-north-1",
        "npm run parked -- list rejected --source feishu --stage prod --region cn-north-1",
        "npm run refused -- --stage prod --region cn-north-1",
        "",
        "【okta】",
        "received: no delivery",
        "parked now: waiting 1",
        "· 1 × date-ahead: The first or last day that the event names lies ahead: the account changes when that day comes, in the company's time zone.",
        "last delivery: 2026-11-24 09:00–10:00",
        "",
        "【files】",
        "imported 2",
        "rows: applied 500, rejected 3",
        "aws s3 ls s3://uploads-of-prod/results/ --region cn-north-1",
      ].join("\n"),
    );
  });

  it("is written in Chinese where the configuration says so", async () => {
    const { text } = await send({ ...busy, over: { language: "zh" } });
    expect(text).toContain("📋 每日简报 (authing-inbound prod)");
    expect(text).toContain("收到：120 次推送，被拒绝 3");
    expect(text).toContain("事件：已执行 110，无需变更 4，被拒绝 2，无法处理 1");
    expect(text).toContain("当前搁置：被拒绝 3\n· 2 × identifier-in-use：该来源的另一个人正在使用这个标识；");
    expect(text).toContain("最近一次推送：2026-11-27 08:00–09:00");
  });

  it("tells nothing about a person", async () => {
    const { text } = await send(busy);
    expect(text).not.toMatch(/张三|zhang\.san|10010|r-1/);
  });

  it("of a day without anything still names a command, and says how long a source has been silent", async () => {
    const { text } = await send({ sources: ["wecom"] });
    expect(text).toContain("received: no delivery\nparked now: nothing\nlast delivery: none in 14 days");
    expect(text).toMatch(/【next】\nnpm run doctor -- --stage prod --region cn-north-1$/);
  });

  it("counts all parked messages of a kind, and the reasons of the oldest 200", async () => {
    const parked = Array.from({ length: 230 }, (_, index) =>
      parkedMessage("held", "feishu", `reason-${index % 5}`, `h-${index}`),
    );
    const { text } = await send({ parked });
    expect(text).toContain(
      "parked now: held 230\n· 40 × reason-0\n· 40 × reason-1\n· 40 × reason-2\n· … +2\n",
    );
  });

  it("names the command for waiting events unless all of them wait for a date", async () => {
    const paused = parkedMessage("waiting", "feishu", "source-paused", "w-2");
    const { text } = await send({ parked: [paused] });
    expect(text).toContain("npm run parked -- list waiting --source feishu --stage prod --region cn-north-1");
  });

  it("is not read where there is no bot, unless an operator asks for it; then no bot gets it", async () => {
    expect(await send({ ...busy, secret: {} })).toEqual({ text: "", told: [] });
    const printed = await send(busy, { print: true });
    expect(printed.text).toContain("【feishu】");
    expect(printed.told).toEqual([]);
    expect(chats.asked).toEqual({ feishu: 0, dingtalk: 0, wecom: 0, slack: 0 });
  });

  it("that no bot takes fails the function", async () => {
    const secret = { slack: { url: `${chats.url}/services/gone` } };
    await expect(send({ ...busy, secret })).rejects.toThrow("notice-not-told");
  });
});

describe("words of a notice", () => {
  it.each([
    [0, "0 ms"],
    [812, "812 ms"],
    [3240, "3.2 s"],
    [59_000, "59 s"],
    [150_000, "2.5 min"],
    [3 * hour, "3 h"],
    [50 * hour, "2.1 d"],
  ])("say %i ms as %s", (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });

  it("say a time by the company's clocks, summer time included", () => {
    expect(localTime(Date.UTC(2026, 6, 1, 12), "Europe/Berlin")).toBe("2026-07-01 14:00");
    expect(localTime(Date.UTC(2026, 11, 1, 23, 30), "Asia/Kathmandu")).toBe("2026-12-02 05:15");
  });
});
