import { createHmac } from "node:crypto";
import * as z from "zod/mini";
import { codedRefusal, defineBot, WebhookUrl } from "#lib/notices/bot.ts";
import { plain, sectionText, type Severity } from "#lib/notices/notice.ts";

// A custom bot of Feishu or Lark. https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
// 100 messages a minute and 5 a second; the request has at most 20 KB.

const colours: Readonly<Record<Severity, string>> = { alarm: "red", over: "green", report: "blue" };

export default defineBot({
  name: "feishu",
  secret: z.strictObject({
    url: WebhookUrl,
    /** The secret that Feishu shows under 签名校验; without it the bot has to check something else. */
    secret: z.optional(z.string().check(z.minLength(1))),
  }),
  maxBodyBytes: 20_000,
  // A card, for the colour of its header. Its text is `plain_text`: nothing in it is markup, so that nothing needs an escape.
  body: (notice) => ({
    msg_type: "interactive",
    card: {
      config: { wide_screen_mode: true },
      header: {
        template: colours[notice.severity],
        title: { tag: "plain_text", content: notice.title },
      },
      elements: notice.sections.map((section) => ({
        tag: "div",
        text: { tag: "plain_text", content: sectionText(section, plain) },
      })),
    },
  }),
  request(body, { url, secret }, now) {
    if (secret === undefined) return { url: new URL(url), body };
    const timestamp = String(Math.floor(now / 1000));
    // Feishu takes what others sign as the key, and signs nothing with it.
    const sign = createHmac("sha256", `${timestamp}\n${secret}`).digest("base64");
    return { url: new URL(url), body: { timestamp, sign, ...body } };
  },
  refusal: (answer) =>
    codedRefusal(answer, "code", [
      {
        code: 19021,
        hint: "the signature is wrong: copy the secret of 签名校验 into the secret notices again",
      },
      {
        code: 19022,
        hint: "the bot allows certain addresses only (IP 白名单): turn that off and use 签名校验",
      },
      { code: 19024, hint: "the bot wants a keyword (自定义关键词): turn that off and use 签名校验" },
      { code: 19001, hint: "there is no such bot: copy its address from the chat again" },
      { code: 11232, hint: "Feishu takes 100 messages a minute, and fewer at full and half hours" },
      { code: 9499, hint: "Feishu does not understand the message: a defect; report it with this line" },
    ]),
});
