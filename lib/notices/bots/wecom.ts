import * as z from "zod/mini";
import { codedRefusal, defineBot, WebhookUrl } from "#lib/notices/bot.ts";
import { textOf, type Markup } from "#lib/notices/notice.ts";

// A group bot of WeCom. https://developer.work.weixin.qq.com/document/path/91770
// 20 messages a minute; the Markdown has at most 4,096 bytes. It signs nothing: the key in its address is the secret.

/** WeCom reads `<font …>` and `<@member>`, and documents no escape. */
const withoutTags = (text: string) => text.replaceAll("<", "＜").replaceAll(">", "＞");

const markdown: Markup = {
  title: (title) => `**${withoutTags(title)}**`,
  heading: (heading) => `**${withoutTags(heading)}**`,
  line: withoutTags,
  command: (command) => `\`${withoutTags(command)}\``,
};

export default defineBot({
  name: "wecom",
  secret: z.strictObject({ url: WebhookUrl }),
  // Of the whole request; the Markdown in it is shorter.
  maxBodyBytes: 4_096,
  body: (notice) => ({ msgtype: "markdown", markdown: { content: textOf(notice, markdown) } }),
  request: (body, { url }) => ({ url: new URL(url), body }),
  refusal: (answer) =>
    codedRefusal(answer, "errcode", [
      { code: 93000, hint: "there is no such bot: copy its address from the chat again" },
      { code: 45009, hint: "WeCom takes 20 messages a minute" },
      { code: 40058, hint: "WeCom finds the message too long: a defect; report it with this line" },
      { code: -1, hint: "WeCom is busy: try again" },
    ]),
});
