import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { isSameSecret } from "#lib/constant-time.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { OperationRequest } from "#lib/handlers/operations.ts";
import { isOfThisMachine, isVisit } from "#infra/local/own-page.ts";
import type { Answer, LocalRequest } from "#infra/local/server.ts";
import { reasonsIn } from "./page-reasons.ts";
import { builtPage } from "./page-files.ts";
import { changes } from "./read-only.ts";
import { newsOf } from "./news.ts";
import type { DeliveryFacts } from "#infra/local/deliveries.ts";
import type { Place } from "./types.ts";

// The server of the page: the page itself, what it asks, and what happens while it is looked at. It serves the user of this machine alone.

/** What the page asks about. */
export interface Backend {
  readonly place: Place;
  operate(request: OperationRequest): Promise<unknown>;
  /** How often it is asked what is new, and how far each question goes back behind what is known: a log may be late. */
  readonly news: { readonly everyMilliseconds: number; readonly overlapMilliseconds: number };
  /** On a laptop, the deliveries behind a number. */
  deliveriesAfter?(number: number): readonly DeliveryFacts[];
  /** Answers what only this place has: `path` is what stands behind `/console/api/`. */
  answer?(path: readonly string[], request: LocalRequest): Promise<Answer | undefined> | undefined;
}

export interface Console {
  /** The address to open, with the token in it. */
  address(url: string): string;
  /** The answer to a request; `undefined` for a path that is none of the page's. */
  answer(request: LocalRequest): Promise<Answer> | Answer | undefined;
  /** Ends the live streams. */
  close(): void;
}

const security = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
} as const;

/** A comment on the stream, so that either side finds out that the other has gone. */
const heartbeatMilliseconds = 15_000;

export function createConsole(backend: Backend, token = randomBytes(16).toString("hex")): Console {
  const closing = new AbortController();

  async function answerOwn(request: LocalRequest): Promise<Answer> {
    const { url, headers } = request;
    // Cookies are shared by all ports of a host: the name has the port in it.
    const cookie = `inbound-console-${(headers["host"] ?? "").replace(/^.*:/, "")}`;
    const given = url.searchParams.get("token");
    if (url.pathname === "/" && given !== null && isSameSecret(token, given)) {
      // The address without the token is what stays in the browser's history and in the links that a user copies.
      return {
        status: 303,
        headers: { location: "/", "set-cookie": `${cookie}=${token}; Path=/; HttpOnly; SameSite=Lax` },
      };
    }
    if (!isSameSecret(token, cookieOf(headers["cookie"] ?? "", cookie))) return notOpened;
    const file = request.method === "GET" ? (await builtPage()).files.get(url.pathname) : undefined;
    if (file) return { status: 200, headers: { "content-type": file.contentType }, body: file.body };
    if (url.pathname.startsWith(apiPrefix)) return answerApi(request);
    return { status: 404, body: { error: "no such path" } };
  }

  async function answerApi(request: LocalRequest): Promise<Answer> {
    const path = request.url.pathname.slice(apiPrefix.length).split("/").map(decoded);
    const asked = `${request.method} ${path[0]}`;
    if (asked === "GET place") return { status: 200, body: backend.place };
    if (asked === "GET reasons") return { status: 200, body: reasonsIn(path[1] === "zh" ? "zh" : "en") };
    if (asked === "GET live") return live();
    if (asked === "POST operations") return operation(request);
    try {
      return (await backend.answer?.(path, request)) ?? { status: 404, body: { error: "not here" } };
    } catch (error) {
      return failed(error);
    }
  }

  async function operation(request: LocalRequest): Promise<Answer> {
    try {
      const asked = jsonOf(request) as OperationRequest;
      if (!backend.place.allowsChanges && changes(asked)) {
        return {
          status: 403,
          body: { error: "this page only reads: start it with --allow-changes to change something here" },
        };
      }
      return { status: 200, body: await backend.operate(asked) };
    } catch (error) {
      return failed(error);
    }
  }

  function live(): Answer {
    return {
      status: 200,
      headers: { "content-type": "text/event-stream; charset=utf-8" },
      body: news(),
    };
  }

  async function* news(): AsyncGenerator<Buffer> {
    const next = newsOf(backend);
    let saidAt = 0;
    while (!closing.signal.aborted) {
      let said: string | undefined;
      try {
        const message = await next();
        const isNews = message.events.length + message.deliveries.length > 0;
        if (isNews || saidAt === 0) said = `data: ${JSON.stringify(message)}\n\n`;
      } catch (error) {
        const { error: told } = failed(error).body as { error: string };
        said = `event: failed\ndata: ${JSON.stringify(told)}\n\n`;
      }
      if (said === undefined && Date.now() - saidAt > heartbeatMilliseconds) said = ": still here\n\n";
      if (said !== undefined) {
        saidAt = Date.now();
        yield Buffer.from(said);
      }
      await wait(backend.news.everyMilliseconds, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  return {
    address: (url) => `${url}/?token=${token}`,
    answer(request) {
      const { pathname } = request.url;
      if (pathname !== "/" && !pathname.startsWith("/console/")) return undefined;
      const mayAsk =
        isOfThisMachine(request) || (pathname === "/" && isVisit(request) && isLocalHost(request));
      const answer = mayAsk ? answerOwn(request) : Promise.resolve(foreign);
      return answer.then((each) => ({ ...each, headers: { ...security, ...each.headers } }));
    },
    close: () => closing.abort(),
  };
}

const apiPrefix = "/console/api/";

const foreign: Answer = { status: 403, body: { error: "only a page of this server may ask here" } };
const notOpened: Answer = {
  status: 401,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: "Open the address that the command printed: it holds a token, which this browser keeps until the command ends.\n请打开命令行中打印的地址：其中包含令牌，浏览器会保存到命令结束为止。\n",
};

/** A visit from another site's link has that site as its origin, if any; its host must still be a name of this machine. */
const isLocalHost = ({ headers }: LocalRequest): boolean =>
  isOfThisMachine({ headers: { host: headers["host"] ?? "" } });

const cookieOf = (header: string, name: string): string =>
  header
    .split(/;\s*/)
    .find((each) => each.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";

/**
 * The body of a request. Only JSON that says so: a form of another site cannot send that type without being asked first.
 *
 * @throws InboundError `malformed` `page-request-malformed`
 */
export function jsonOf({ headers, body }: LocalRequest): unknown {
  try {
    if (headers["content-type"] === "application/json") return JSON.parse(body.toString());
  } catch {}
  throw new InboundError("malformed", "page-request-malformed", { hint: "send JSON, as application/json" });
}

function failed(error: unknown): Answer {
  const isTold = error instanceof InboundError;
  return {
    status: isTold && error.code === "malformed" ? 400 : 500,
    body: { error: isTold ? error.message : "unexpected", ...(isTold && { reason: error.reason }) },
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
