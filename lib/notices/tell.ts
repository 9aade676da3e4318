import type { Clock } from "#lib/contract/clock.ts";
import { InboundError, reasonOf } from "#lib/contract/errors.ts";
import type { Log } from "#lib/contract/log.ts";
import type { SecretReader } from "#lib/contract/secrets.ts";
import { createExchange, type Exchange } from "#lib/http/exchange.ts";
import type { Bot, Refusal } from "./bot.ts";
import { bots, NoticesSecret } from "./bots.ts";
import type { Notice } from "./notice.ts";
import { partsOf } from "./parts.ts";

export interface TellPorts {
  readonly secrets: SecretReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** What became of a notice at one bot. `reason`: `bot-refused`, with the product's code, or `bot-unreachable`. */
export type Told =
  | { readonly bot: string; readonly told: true }
  | {
      readonly bot: string;
      readonly told: false;
      readonly reason: string;
      readonly code?: string;
      readonly hint?: string;
    };

/** How long one request may take, in seconds. */
const timeoutSeconds = 8;
/** The wait before the one repetition of a request that got no answer, in milliseconds. */
const repeatAfterMilliseconds = 1_000;
/** Bytes kept free in each request for a time and a signature. */
const proofBytes = 200;

/** A bot that the operator has put into the secret `notices`. */
export interface ConfiguredBot {
  readonly bot: Bot<unknown>;
  readonly secret: unknown;
}

/** The bots to tell, read anew each time: an operator who tries a new address sees its effect at once. None where the secret is empty. */
export async function configuredBots(secrets: SecretReader): Promise<ConfiguredBot[]> {
  const secret: Readonly<Record<string, unknown>> = await secrets.refresh("notices", NoticesSecret).then(
    ([current]) => current,
    (error: unknown) => {
      if (error instanceof InboundError && error.reason === "secret-empty-yet") return {};
      throw error;
    },
  );
  return bots.flatMap((bot) => (secret[bot.name] === undefined ? [] : [{ bot, secret: secret[bot.name] }]));
}

/** Sends a notice to bots, to all at the same time. The failure of one does not keep the others from being told. Never rejects. */
export async function tell(
  notice: Notice,
  to: readonly ConfiguredBot[],
  ports: Pick<TellPorts, "clock" | "log">,
): Promise<Told[]> {
  return Promise.all(
    to.map(async (one) => {
      const told = await tellOne(notice, one, ports.clock).catch((error: unknown): Told => {
        return { bot: one.bot.name, told: false, reason: reasonOf(error) };
      });
      const { told: isTold, hint: _, ...fields } = { hint: undefined, ...told };
      if (isTold) ports.log.info("bot told", fields);
      else ports.log.error("bot not told", fields);
      return told;
    }),
  );
}

/** Throws `notice-not-told` where there are bots and none was told: then AWS invokes the function again. */
export function requireOneTold(told: readonly Told[]): void {
  const [first] = told;
  if (!first || told.some((one) => one.told)) return;
  const [{ bot, reason, code, hint }] = told as [Exclude<Told, { told: true }>];
  throw new InboundError("unavailable", "notice-not-told", {
    path: `secret notices: ${bot}`,
    hint: [code === undefined ? reason : `${reason} (${code})`, hint].filter(Boolean).join(": "),
  });
}

async function tellOne(notice: Notice, { bot, secret }: ConfiguredBot, clock: Clock): Promise<Told> {
  const fits = (part: Notice) =>
    Buffer.byteLength(JSON.stringify(bot.body(part))) + proofBytes <= bot.maxBodyBytes;
  for (const part of partsOf(notice, fits)) {
    const sent = await send(bot.body(part), { bot, secret }, clock);
    if (sent !== "told") return { bot: bot.name, told: false, ...sent };
  }
  return { bot: bot.name, told: true };
}

type Failure = Refusal | { readonly code?: string };

async function send(
  body: object,
  { bot, secret }: ConfiguredBot,
  clock: Clock,
): Promise<"told" | (Failure & { reason: string })> {
  for (let attempt = 1; ; attempt += 1) {
    // Signed anew each time, since the time is a part of the signature.
    const request = bot.request(body, secret, clock.now());
    const exchange = createExchange(new URL(request.url.origin), { timeoutSeconds, now: clock.now });
    const answer = await post(exchange, request).finally(() => exchange.close());
    const isDown = answer.seen !== "response" || answer.httpStatus >= 500;
    if (isDown && attempt === 1) {
      await clock.wait(repeatAfterMilliseconds);
      continue;
    }
    if (answer.seen !== "response") {
      const code = answer.seen === "nothing" ? answer.errorCode : `http-${answer.httpStatus}`;
      return { reason: "bot-unreachable", ...(code !== undefined && { code }) };
    }
    const refusal = bot.refusal({ httpStatus: answer.httpStatus, text: answer.body.toString() });
    return refusal ? { reason: "bot-refused", ...refusal } : "told";
  }
}

function post(exchange: Exchange, { url, body }: ReturnType<Bot<unknown>["request"]>) {
  return exchange({
    method: "POST",
    path: `${url.pathname}${url.search}`,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: Buffer.from(JSON.stringify(body)),
  });
}
