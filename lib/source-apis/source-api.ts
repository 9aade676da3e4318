import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ApiAnswer, ApiRequest, Fetch, SourceApi } from "#lib/contract/source.ts";
import { createExchange, type Exchange, type Exchanged } from "#lib/http/exchange.ts";

/** Longest a source may take to answer. */
const timeoutSeconds = 10;
/** A token is renewed so long before its end, in milliseconds. */
const tokenMarginMilliseconds = 60_000;
const firstWaitMilliseconds = 500;
/** Nobody is asked again sooner, whatever the answer allows. */
const shortestWaitMilliseconds = 100;

interface Connection {
  readonly host: URL;
  readonly exchange: Exchange;
  token?: { readonly value: Promise<string>; readonly endsAt: () => number };
}

/** Opens the API of a source with one of its secrets. The connection and the token are kept for as long as the secret is. */
export function sourceApis(clock: Clock) {
  // By the secret's object, which the secret reader keeps until it reads anew: a rotated secret is a new connection.
  const connections = new WeakMap<object, Connection>();

  /** @param deadline milliseconds since 1970 after which nothing is waited for. */
  return function open<Secret>(fetch: Fetch<Secret>, secret: Secret, deadline: number): SourceApi<Secret> {
    const connect = (): Connection => {
      const known = connections.get(secret as object);
      if (known) return known;
      const host = parseHost(fetch.host(secret));
      const made = { host, exchange: createExchange(host, { timeoutSeconds, now: clock.now }) };
      connections.set(secret as object, made);
      return made;
    };
    return {
      secret,
      now: clock.now,
      async request(request) {
        return send(connect(), request, clock, deadline);
      },
      async token(obtain) {
        const connection = connect();
        if (connection.token && connection.token.endsAt() > clock.now()) return connection.token.value;
        let endsAt = Number.POSITIVE_INFINITY;
        const value = obtain().then(({ token, expiresInSeconds }) => {
          endsAt = clock.now() + expiresInSeconds * 1000 - tokenMarginMilliseconds;
          return token;
        });
        const obtained = { value, endsAt: () => endsAt };
        connection.token = obtained;
        value.catch(() => {
          // What failed is not kept; somebody may have begun anew by then.
          if (connection.token === obtained) delete connection.token;
        });
        return value;
      },
      forgetToken() {
        delete connect().token;
      },
    };
  };
}

async function send(
  { host, exchange }: Connection,
  request: ApiRequest,
  clock: Clock,
  deadline: number,
): Promise<ApiAnswer> {
  const { method = "GET", path, query = {}, headers = {}, json } = request;
  // An id of two dots would climb to another resource.
  if (!path.startsWith("/") || /\/(\.|%2e){1,2}(\/|$)/i.test(path.replaceAll("\\", "/"))) {
    throw new InboundError("malformed", "source-path-wrong");
  }
  const url = new URL(host);
  // Set, not resolved: a path that looks like another host stays a path.
  url.pathname = path;
  url.search = new URLSearchParams(query).toString();
  for (let round = 0; ; round += 1) {
    const remainingSeconds = (deadline - clock.now()) / 1000;
    if (remainingSeconds <= 0) throw new InboundError("unavailable", "source-unreachable");
    const answer = await exchange({
      timeoutSeconds: remainingSeconds,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        accept: "application/json",
        "user-agent": "authing-inbound",
        ...(json !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(json !== undefined && { body: Buffer.from(JSON.stringify(json)) }),
    }).catch(() => {
      // Node's own message would quote a header.
      throw new InboundError("misconfigured", "source-request-wrong", {
        hint: "look for line breaks and other invisible characters in the source's secret",
      });
    });
    if (answer.seen === "oversized") throw new InboundError("oversized", "source-answer-too-large");
    if (answer.seen === "response" && answer.httpStatus < 500 && answer.httpStatus !== 429) {
      return { status: answer.httpStatus, json: parse(answer.body) };
    }
    const throttled = answer.seen === "response" && answer.httpStatus === 429;
    const wait = Math.max(
      shortestWaitMilliseconds,
      askedWait(answer, clock.now()) ?? clock.random() * firstWaitMilliseconds * 2 ** round,
    );
    // A source that is down is asked once more, one that throttles as long as there is time.
    if ((!throttled && round > 0) || clock.now() + wait >= deadline) {
      throw new InboundError("unavailable", throttled ? "source-throttles" : "source-unreachable");
    }
    await clock.wait(wait);
  }
}

/** Milliseconds until we may ask again, as the answer says: `Retry-After` in seconds, or the moment of Okta's `X-Rate-Limit-Reset`. */
function askedWait(answer: Exchanged, now: number): number | undefined {
  if (answer.seen !== "response") return undefined;
  const seconds = digitsOf(answer.headers["retry-after"]);
  if (seconds !== undefined) return seconds * 1000;
  const resetAt = digitsOf(answer.headers["x-rate-limit-reset"]);
  // The moment is told in whole seconds.
  return resetAt === undefined ? undefined : Math.max(0, resetAt * 1000 - now) + 1000;
}

function digitsOf(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^\d{1,12}$/.test(header) ? Number(header) : undefined;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Only https, or this very machine. */
function parseHost(host: string): URL {
  const url = URL.parse(host);
  const isLoopback = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  const isHost = url !== null && url.href === `${url.origin}/`;
  if (!isHost || !(url.protocol === "https:" || (url.protocol === "http:" && isLoopback))) {
    throw new InboundError("misconfigured", "source-host-wrong", {
      hint: "write the host of the source's API into its secret as https://host, without a path",
    });
  }
  return url;
}
