import { createHmac } from "node:crypto";
import * as z from "zod/mini";
import { codedRefusal, defineBot, WebhookUrl } from "#lib/notices/bot.ts";
import { plain, textOf } from "#lib/notices/notice.ts";

// A custom bot of DingTalk. https://open.dingtalk.com/document/orgapp/custom-robot-access and, for signatures,
// https://open.dingtalk.com/document/orgapp/customize-robot-security-settings
// 20 messages a minute; after that the bot is silent for ten minutes. The request has at most 20,000 bytes.

const tooMany = "DingTalk takes 20 messages a minute; the bot is silent for ten minutes now";
const noSuchBot = "there is no such bot: copy its address from the chat again";

export default defineBot({
  name: "dingtalk",
  secret: z.strictObject({
    url: WebhookUrl,
    /** The text that begins with SEC under 加签; without it the bot has to check something else. */
    secret: z.optional(z.string().check(z.minLength(1))),
  }),
  maxBodyBytes: 20_000,
  // Text: DingTalk documents neither code nor escapes in its Markdown, and a command has to be copied unchanged.
  body: (notice) => ({ msgtype: "text", text: { content: textOf(notice, plain) } }),
  request(body, { url, secret }, now) {
    const signed = new URL(url);
    if (secret !== undefined) {
      const timestamp = String(now);
      const sign = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64");
      signed.searchParams.set("timestamp", timestamp);
      signed.searchParams.set("sign", sign);
    }
    return { url: signed, body };
  },
  refusal: (answer) =>
    codedRefusal(answer, "errcode", [
      {
        code: 310000,
        says: /keyword|关键词/i,
        hint: "the bot wants a keyword (自定义关键词): turn that off and use 加签",
      },
      {
        code: 310000,
        says: /whitelist|白名单/i,
        hint: "the bot allows certain addresses only (IP 地址段): turn that off and use 加签",
      },
      {
        code: 310000,
        hint: "the signature is wrong: copy the text that begins with SEC into the secret notices again",
      },
      { code: 300001, hint: noSuchBot },
      { code: 300005, hint: noSuchBot },
      { code: 130101, hint: tooMany },
      { code: 410100, hint: tooMany },
      { code: 460101, hint: "DingTalk finds the message too long: a defect; report it with this line" },
    ]),
});
