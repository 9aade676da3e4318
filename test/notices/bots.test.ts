import * as z from "zod/mini";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogFields } from "#lib/contract/log.ts";
import { bots, NoticesSecret } from "#lib/notices/bots.ts";
import type { Notice } from "#lib/notices/notice.ts";
import { configuredBots, requireOneTold, tell } from "#lib/notices/tell.ts";
import { secretReader } from "#lib/pipeline/secret-reader.ts";
import { InboundError } from "#lib/contract/errors.ts";
import { virtualClock } from "../http/server.ts";
import { chatSecrets, startChats, type Chats, type Product } from "./chats.ts";

// Every bot against a chat that checks who sends, as its product does.

const products: readonly Product[] = ["feishu", "dingtalk", "wecom", "slack"];
const notice: Notice = {
  severity: "alarm",
  title: "Alarm: dead letters (authing-inbound prod)",
  sections: [
    { heading: "feishu", entries: [{ line: "received: 120 deliveries & 3 refused > 2" }] },
    {
      heading: "下一步",
      entries: [
        { line: "1 < 2, *not bold*, _not italic_, 张" },
        { command: "npm run parked -- list dead --source feishu --stage prod --region cn-north-1" },
      ],
    },
  ],
};

let chats: Chats;
let clock: ReturnType<typeof virtualClock>;
const logged: (LogFields | undefined)[] = [];
const note = (_: string, fields?: LogFields) => void logged.push(fields);
const log = { info: note, warn: note, error: note };
beforeEach(async () => {
  clock = virtualClock();
  chats = await startChats(() => clock.now());
  logged.length = 0;
});
afterEach(() => chats.close());

/** Tells bots whose entries in the secret are these. */
async function told(secret: object, of: Notice = notice) {
  const found = await configuredBots(secretReader(async () => ({ current: secret })));
  return tell(of, found, { clock, log });
}
const only = (product: Product, over: object = {}) => ({ [product]: { ...chats.secret[product], ...over } });
/** WeCom shows these in place of what would begin a tag. */
const wide = (text: string) => text.replaceAll("<", "＜").replaceAll(">", "＞");

it("every bot has a chat here and an entry in the secret", () => {
  expect(bots.map(({ name }) => name)).toEqual(products);
  expect(Object.keys(NoticesSecret.shape)).toEqual(products);
});

describe.each(products)("the bot of %s", (product) => {
  it("is told, and every line and command can be read there unchanged", async () => {
    expect(await told(only(product))).toEqual([{ bot: product, told: true }]);
    const [shown = ""] = chats.shown[product];
    const asShown = product === "wecom" ? wide : (text: string) => text;
    expect(shown).toContain(notice.title);
    for (const { heading = "", entries } of notice.sections) {
      expect(shown).toContain(heading);
      for (const entry of entries)
        expect(shown).toContain(asShown("line" in entry ? entry.line : entry.command));
    }
  });

  it("that does not know us is not told, and the operator learns what to do", async () => {
    const { url } = chats.secret[product];
    const wrong = { url: url.replace(chatSecrets.key, "another-key") };
    const [result] = await told(only(product, wrong));
    expect(result).toMatchObject({
      told: false,
      reason: "bot-refused",
      hint: expect.stringMatching(/address|webhook/),
    });
    expect(chats.shown[product]).toEqual([]);
  });

  it("gets a long notice in messages that it accepts, at most five, without losing a line", async () => {
    const section = (index: number) => ({
      heading: `source-${index}`,
      entries: Array.from({ length: 12 }, (_, line) => ({
        line: `第 ${index}-${line} 行：<已执行> & "120"`,
      })),
    });
    const long = { ...notice, sections: Array.from({ length: 60 }, (_, index) => section(index)) };
    expect(await told(only(product), long)).toEqual([{ bot: product, told: true }]);
    const shown = chats.shown[product];
    expect(shown.length).toBeLessThanOrEqual(5);
    const isCut = /… \+(\d+)/.exec(shown.at(-1) ?? "");
    const lines = shown.join("\n").match(/第 \d+-\d+ 行/g) ?? [];
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.length + Number(isCut?.[1] ?? 0)).toBe(720);
    expect(shown[0]).toContain(shown.length > 1 ? `${notice.title} (1/${shown.length})` : notice.title);
  });

  it("gets the beginning of a line that fits into no message", async () => {
    const long = {
      ...notice,
      sections: [{ entries: [{ line: `begin ${"张".repeat(50_000)}` }, { line: "end" }] }],
    };
    expect(await told(only(product), long)).toEqual([{ bot: product, told: true }]);
    expect(chats.shown[product].join("\n")).toMatch(/begin 张+…/);
    expect(chats.shown[product].join("\n")).toContain("end");
  });

  it("is not followed to another address", async () => {
    chats.answerNext(product, { status: 302, headers: { location: `${chats.url}/stolen` }, body: "" });
    expect(await told(only(product))).toMatchObject([
      { told: false, reason: "bot-refused", code: "http-302" },
    ]);
    expect(chats.asked[product]).toBe(1);
  });

  it("is not told where another server answers, whatever it says", async () => {
    for (const body of ["<title>ok</title>", "", "null", "[]", '"ok"', { code: "0", errcode: "0" }]) {
      chats.answerNext(product, { body });
      expect(await told(only(product)), JSON.stringify(body)).toMatchObject([
        { told: false, reason: "bot-refused" },
      ]);
    }
  });

  it("is asked a second time where no answer came, and no third time", async () => {
    chats.answerNext(product, undefined);
    expect(await told(only(product))).toEqual([{ bot: product, told: true }]);
    expect(chats.asked[product]).toBe(2);
    chats.answerNext(product, undefined, { status: 502, body: "" }, { status: 502, body: "" });
    expect(await told(only(product))).toMatchObject([{ told: false }]);
    expect(chats.asked[product]).toBe(4);
  });

  it("that is away does not keep the others from being told", async () => {
    const results = await told({
      ...chats.secret,
      [product]: { ...chats.secret[product], url: "http://127.0.0.1:1/" },
    });
    expect(results).toEqual(
      products.map((bot) =>
        bot === product
          ? { bot, told: false, reason: "bot-unreachable", code: "ECONNREFUSED" }
          : { bot, told: true },
      ),
    );
    expect(() => requireOneTold(results)).not.toThrow();
  });

  it("has an address that is https, or this very machine, and nothing else in its entry", () => {
    const right = { ...chats.secret[product], url: "https://chat.example.com/hook?key=1" };
    const check = (over: object) => z.safeParse(NoticesSecret, { [product]: { ...right, ...over } }).success;
    expect(check({})).toBe(true);
    for (const url of [
      "http://chat.example.com/",
      "https://u:p@chat.example.com/",
      "ftp://chat.example.com/",
      "chat",
      7,
    ]) {
      expect(check({ url }), String(url)).toBe(false);
    }
    expect(check({ token: "x" })).toBe(false);
  });
});

describe("the signature of", () => {
  // Computed with the programs in Python that the vendors print.
  it("feishu is the one that its documents compute", () => {
    const [feishu] = bots;
    const { body } = feishu?.request({}, chats.secret.feishu, 1_764_205_800_999) ?? {};
    expect(body).toEqual({ timestamp: "1764205800", sign: "XURr9aNovDkyOmbwVSNFP2uM6dKNp87roaLaeMw70e8=" });
  });

  it("dingtalk is the one that its documents compute", () => {
    const [, dingtalk] = bots;
    const { url } = dingtalk?.request({}, chats.secret.dingtalk, 1_764_205_800_000) ?? {};
    expect(url?.search).toBe(
      `?access_token=${chatSecrets.key}&timestamp=1764205800000&sign=%2B2%2FeZKHyYyvQOOVx8MK%2FA1j38N%2BAYxX2IGI%2BUs32hzQ%3D`,
    );
  });

  it.each(["feishu", "dingtalk"] as const)(
    "%s is refused with a wrong secret, without one, and by a wrong clock",
    async (product) => {
      const wrong = {
        told: false,
        reason: "bot-refused",
        hint: expect.stringContaining("signature is wrong"),
      };
      expect(await told(only(product, { secret: "another" }))).toMatchObject([wrong]);
      expect(await told(only(product, { secret: undefined }))).toMatchObject([{ told: false }]);
      const found = await configuredBots(secretReader(async () => ({ current: only(product) })));
      const late = { ...clock, now: () => clock.now() - 2 * 3_600_000 };
      expect(await tell(notice, found, { clock: late, log })).toMatchObject([wrong]);
      expect(chats.shown[product]).toEqual([]);
    },
  );
});

describe("the answer", () => {
  it.each<[Product, object | string, number, string, RegExp]>([
    ["feishu", { code: 19024, msg: "Key Words Not Found" }, 200, "19024", /自定义关键词/],
    ["feishu", { code: 19022, msg: "Ip Not Allowed" }, 200, "19022", /IP 白名单/],
    ["feishu", { code: 11232, msg: "frequency limited psm" }, 200, "11232", /100 messages a minute/],
    ["dingtalk", { errcode: 310000, errmsg: "keywords not in content" }, 200, "310000", /自定义关键词/],
    ["dingtalk", { errcode: 310000, errmsg: "ip 192.0.2.1 not in whitelist" }, 200, "310000", /IP 地址段/],
    ["dingtalk", { errcode: 310000, errmsg: "sign not match" }, 200, "310000", /SEC/],
    ["dingtalk", { errcode: 130101, errmsg: "send too fast" }, 200, "130101", /20 messages a minute/],
    ["wecom", { errcode: 45009, errmsg: "api freq out of limit" }, 200, "45009", /20 messages a minute/],
    ["slack", "channel_is_archived", 410, "channel_is_archived", /archived/],
    ["slack", "", 429, "http-429", /one message a second/],
  ])("of %s %j has a hint, and none of its words is passed on", async (product, body, status, code, hint) => {
    chats.answerNext(product, { status, body });
    const [result] = await told(only(product));
    expect(result).toMatchObject({
      told: false,
      reason: "bot-refused",
      code,
      hint: expect.stringMatching(hint),
    });
    expect(JSON.stringify(result)).not.toMatch(/192\.0\.2\.1|psm|not in content/);
    expect(logged).toEqual([{ bot: product, reason: "bot-refused", code }]);
  });

  it("with a code that is not known is passed on as the code alone", async () => {
    chats.answerNext("wecom", { body: { errcode: 12345, errmsg: "张三 said no" } });
    expect(await told(only("wecom"))).toEqual([
      { bot: "wecom", told: false, reason: "bot-refused", code: "12345" },
    ]);
  });
});

describe("the secret notices", () => {
  const failing = (error: InboundError) =>
    configuredBots(
      secretReader(async () => {
        throw error;
      }),
    );

  it("that is empty yet means that no bot is told", async () => {
    expect(await failing(new InboundError("misconfigured", "secret-empty-yet"))).toEqual([]);
    expect(await told({})).toEqual([]);
  });

  it("that cannot be read, or has another shape, is a failure", async () => {
    await expect(failing(new InboundError("unavailable", "secret-unreadable"))).rejects.toThrow(
      "secret-unreadable",
    );
    await expect(told({ fieshu: {} })).rejects.toThrow("secret-shape-wrong");
  });

  it("whose bots all refuse is a failure, which names the first", async () => {
    const results = await told({ ...only("wecom", { url: `${chats.url}/cgi-bin/webhook/send?key=x` }) });
    expect(() => requireOneTold(results)).toThrow(
      /^unavailable: notice-not-told; at secret notices: wecom; bot-refused \(93000\): there is no such bot/,
    );
  });
});
