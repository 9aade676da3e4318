import * as z from "zod/mini";
import { defineBot, notTheBot, WebhookUrl } from "#lib/notices/bot.ts";
import { textOf, type Markup } from "#lib/notices/notice.ts";

// An incoming webhook of Slack. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
// One message a second; Slack cuts a text after 40,000 characters and advises 4,000. The address is the secret.

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const mrkdwn: Markup = {
  title: (title) => `*${escaped(title)}*`,
  heading: (heading) => `*${escaped(heading)}*`,
  line: escaped,
  command: (command) => `\`${escaped(command)}\``,
};

/** By the word that Slack answers with. https://docs.slack.dev/changelog/2016/05/17/changes-to-errors-for-incoming-webhooks */
const hints: Readonly<Record<string, string>> = {
  no_service:
    "the webhook was turned off or deleted: make a new one, and put its address into the secret notices",
  no_team: "there is no such workspace: copy the address of the webhook again",
  invalid_token: "there is no such webhook: copy its address again",
  channel_not_found: "the channel was deleted: make a webhook for another one",
  channel_is_archived: "the channel is archived: make a webhook for another one",
  action_prohibited: "an administrator of the workspace does not allow this: ask for it",
  posting_to_general_channel_denied: "an administrator of the workspace does not allow this: ask for it",
  invalid_payload: "Slack does not understand the message: a defect; report it with this line",
};

export default defineBot({
  name: "slack",
  secret: z.strictObject({ url: WebhookUrl }),
  maxBodyBytes: 4_000,
  body: (notice) => ({ text: textOf(notice, mrkdwn) }),
  request: (body, { url }) => ({ url: new URL(url), body }),
  refusal({ httpStatus, text }) {
    if (httpStatus === 200 && text.trim() === "ok") return undefined;
    if (httpStatus === 429) return { code: "http-429", hint: "Slack takes one message a second" };
    const code = text.trim();
    const hint = hints[code];
    return hint === undefined ? { code: `http-${httpStatus}`, hint: notTheBot } : { code, hint };
  },
});
