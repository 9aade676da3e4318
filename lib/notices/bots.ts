import * as z from "zod/mini";
import type { Bot } from "./bot.ts";
import dingtalk from "./bots/dingtalk.ts";
import feishu from "./bots/feishu.ts";
import slack from "./bots/slack.ts";
import wecom from "./bots/wecom.ts";

// To add a product: its file in bots/, and its line in each of the two lists here.

/** The secret `notices`: where each bot is, and how it knows us. Bots that are not there are not told. */
export const NoticesSecret = z.strictObject({
  feishu: z.optional(feishu.secret),
  dingtalk: z.optional(dingtalk.secret),
  wecom: z.optional(wecom.secret),
  slack: z.optional(slack.secret),
});
export type NoticesSecret = z.infer<typeof NoticesSecret>;

/** Every bot. What holds them all takes a bot's secret as a thing that only the bot itself understands. */
export const bots = [feishu, dingtalk, wecom, slack] as unknown as readonly Bot<unknown>[];
