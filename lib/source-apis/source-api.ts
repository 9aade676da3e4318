import type { Clock } from "#lib/contract/clock.ts";
import { InboundError } from "#lib/contract/errors.ts";
import type { ApiAnswer, ApiHosts, ApiRequest, SourceApi } from "#lib/contract/source-api.ts";
import { createExchange, type Exchange, type Exchanged } from "#lib/http/exchange.ts";
import { readHost } from "#lib/http/host.ts";
import { retryAfterSeconds } from "#lib/http/retry-after.ts";

/** Longest that a source may take to answer, unless a request says otherwise, and for any request. */
const defaultTimeoutSeconds = 10;
const longestTimeoutSeconds = 300;
/** A token is renewed so long before its end, in milliseconds. */
const tokenMarginMilliseconds = 60_000;
const firstWaitMilliseconds = 500;
/** The shortest wait before a source is asked again, whatever its answer allows. */
const shortestWaitMilliseconds = 100;
/** Too many requests: HTTP's own status, and Moka's. */
const throttledStatuses: ReadonlySet<number> = new Set([429, 600]);

/** One host, and the connections to it. */
interface Connection {
  readonly host: URL;
  readonly exchange: Exchange;
}

/** What is kept for as long as a secret is. */
interface Kept {
  readonly hosts: ApiHosts;
  /** By the host's name. */
  readonly connections: Map<string, Connection>;
  token?: { readonly value: Promise<string>; readonly endsAt: () => number };
}

/** Opens the API of a source with one of its secrets. Connections and the token are kept for as long as the secret is. */
export function sourceApis(clock: Clock) {
  // By the secret's object, which the secret reader keeps until it reads anew: a rotated secret is a new connection.
  const keptBySecret = new WeakMap<object, Kept>();

  /**
   * @param source where the source's hosts come from.
   * @param deadline milliseconds since 1970 after which nothing is waited for.
   */
  return function open<Secret>(
    source: { hosts(secret: Secret): ApiHosts },
    secret: Secret,
    deadline: number,
  ): SourceApi<Secret> {
    const keep = (): Kept => {
      const known = keptBySecret.get(secret as object);
      if (known) return known;
      const made: Kept = { hosts: source.hosts(secret), connections: new Map() };
      keptBySecret.set(secret as object, made);
      return made;
    };
    const connect = (name: string): Connection => {
      const { hosts, connections } = keep();
      const known = connections.get(name);
      if (known) return known;
      const host = parseHost(hosts[name]);
      const made = {
        host,
        exchange: createExchange(host, { timeoutSeconds: longestTimeoutSeconds, now: clock.now }),
      };
      connections.set(name, made);
      return made;
    };
    return {
      secret,
      now: clock.now,
      async request(request) {
        return send(connect(request.host ?? "api"), request, clock, deadline);
      },
      async token(obtain) {
        const kept = keep();
        if (kept.token && kept.token.endsAt() > clock.now()) return kept.token.value;
        let endsAt = Number.POSITIVE_INFINITY;
        const value = obtain().then(({ token, expiresInSeconds }) => {
          endsAt = clock.now() + expiresInSeconds * 1000 - tokenMarginMilliseconds;
          return token;
        });
        const obtained = { value, endsAt: () => endsAt };
        kept.token = obtained;
        value.catch(() => {
          // What failed is not kept; another event may have begun anew by then.
          if (kept.token === obtained) delete kept.token;
        });
        return value;
      },
      forgetToken() {
        delete keep().token;
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
  const { method = "GET", path, query = {}, headers = {}, timeoutSeconds = defaultTimeoutSeconds } = request;
  // An id of two dots would climb to another resource.
  if (!path.startsWith("/") || /\/(\.|%2e){1,2}(\/|$)/i.test(path.replaceAll("\\", "/"))) {
    throw new InboundError("malformed", "source-path-wrong");
  }
  const url = new URL(host);
  // Set, not resolved: a path that looks like another host stays a path.
  url.pathname = path;
  // A space as %20: in a query of OData a plus is a plus.
  url.search = new URLSearchParams(query).toString().replaceAll("+", "%20");
  const content = contentOf(request);
  for (let round = 0; ; round += 1) {
    const remainingSeconds = (deadline - clock.now()) / 1000;
    if (remainingSeconds <= 0) throw new InboundError("unavailable", "source-unreachable");
    const answer = await exchange({
      timeoutSeconds: Math.min(timeoutSeconds, remainingSeconds),
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        accept: "application/json",
        "user-agent": "authing-inbound",
        ...(content && { "content-type": content.type }),
        ...headers,
      },
      body: content?.body,
    }).catch(() => {
      // Node's own message would quote a header.
      throw new InboundError("misconfigured", "source-request-wrong", {
        hint: "look for line breaks and other invisible characters in the source's secret",
      });
    });
    if (answer.seen === "oversized") throw new InboundError("oversized", "source-answer-too-large");
    const isThrottled = answer.seen === "response" && throttledStatuses.has(answer.httpStatus);
    if (answer.seen === "response" && answer.httpStatus < 500 && !isThrottled) {
      return { status: answer.httpStatus, headers: headersOf(answer.headers), json: parse(answer.body) };
    }
    const wait = Math.max(
      shortestWaitMilliseconds,
      askedWait(answer, clock.now()) ?? clock.random() * firstWaitMilliseconds * 2 ** round,
    );
    // A source that is down is asked once more, one that throttles as long as there is time.
    if ((!isThrottled && round > 0) || clock.now() + wait >= deadline) {
      throw new InboundError("unavailable", isThrottled ? "source-throttles" : "source-unreachable");
    }
    await clock.wait(wait);
  }
}

function contentOf({ json, form }: ApiRequest): { type: string; body: Buffer } | undefined {
  if (json !== undefined) return { type: "application/json", body: Buffer.from(JSON.stringify(json)) };
  if (form === undefined) return undefined;
  const written = new URLSearchParams(form).toString();
  return { type: "application/x-www-form-urlencoded", body: Buffer.from(written) };
}

/** The latest moment that a header could mean as a count of seconds from now: ten years. Any moment since 1970 is later. */
const longestCountSeconds = 3e8;

/**
 * Milliseconds until the next request is welcome: `Retry-After`; else the moment of Okta's `X-Rate-Limit-Reset` and Auth0's
 * `X-RateLimit-Reset`, in seconds since 1970, or the seconds from now that others write into the same header.
 */
function askedWait(answer: Exchanged, now: number): number | undefined {
  if (answer.seen !== "response") return undefined;
  const { headers } = answer;
  const seconds = retryAfterSeconds(headers["retry-after"], now);
  if (seconds !== undefined) return seconds * 1000;
  const reset = headers["x-rate-limit-reset"] ?? headers["x-ratelimit-reset"];
  if (typeof reset !== "string" || !/^\d{1,12}$/.test(reset)) return undefined;
  const count = Number(reset);
  // The moment is told in whole seconds.
  return Math.max(0, count < longestCountSeconds ? count * 1000 : count * 1000 - now) + 1000;
}

function headersOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = ""]) => [name, [value].flat().join(", ")]),
  );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Only https, or this very machine, and no path: requests say theirs from the root. */
function parseHost(address = ""): URL {
  const host = readHost(address);
  if (host?.pathname === "/") return host;
  throw new InboundError("misconfigured", "source-host-wrong", {
    hint: "write the host of the source's API into its secret as https://host, without a path",
  });
}
