import * as z from "zod/mini";
import { readHost } from "#lib/http/host.ts";
import type { Notice } from "./notice.ts";

/** One product's bot: how it is sent a notice, and how it says that it took it. Pure: no clock, no request. */
export interface Bot<Secret> {
  /** As its entry in the secret `notices` is called. */
  readonly name: string;
  /** The shape of its entry in the secret. */
  readonly secret: z.ZodMiniType<Secret>;
  /** The longest body that the product takes, in bytes, what proves the sender included. */
  readonly maxBodyBytes: number;
  /** What is posted, without what proves the sender. */
  body(notice: Notice): object;
  /** @param now Milliseconds since 1970. */
  request(body: object, secret: Secret, now: number): BotRequest;
  /** Why the bot did not take it; `undefined` where it took it. */
  refusal(answer: BotAnswer): Refusal | undefined;
}

interface BotRequest {
  readonly url: URL;
  readonly body: object;
}

export interface BotAnswer {
  readonly httpStatus: number;
  readonly text: string;
}

/** A code of the product's, never a text of it, which may quote what was sent; and what an operator does about it. */
export interface Refusal {
  readonly code: string;
  readonly hint?: string;
}

/** Checks the parts of a bot against each other. */
export function defineBot<Secret>(bot: Bot<Secret>): Bot<Secret> {
  return bot;
}

/**
 * The address that a product gives to a bot. Any host: many companies run Feishu, DingTalk, WeCom or a chat that speaks as Slack does
 * under a host of their own. It is https, or http to this very machine.
 */
export const WebhookUrl = z.string().check(z.refine(isWebhookUrl, "must be the https address of the bot"));

function isWebhookUrl(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return readHost(`${url.origin}${url.pathname}`) !== undefined;
}

/**
 * Of the products that answer 200 to everything and say in the body what happened: `undefined` for `0`.
 *
 * @param field Where the code is, e.g. `errcode`.
 * @param hints What to do, by code and, for a code of many causes, by words in the product's message.
 */
export function codedRefusal(
  { httpStatus, text }: BotAnswer,
  field: string,
  hints: readonly Hint[],
): Refusal | undefined {
  const answered = z.safeParse(z.looseObject({ [field]: z.number() }), parsed(text));
  if (!answered.success) return { code: `http-${httpStatus}`, hint: notTheBot };
  const code = answered.data[field];
  if (code === 0) return undefined;
  const hint = hints.find((one) => one.code === code && (one.says?.test(text) ?? true))?.hint;
  return { code: String(code), ...(hint !== undefined && { hint }) };
}

export interface Hint {
  readonly code: number;
  /** Words of the product's message that tell the causes of one code apart. */
  readonly says?: RegExp;
  readonly hint: string;
}

export const notTheBot = "the server at this address is not the bot: copy the address from the chat again";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
