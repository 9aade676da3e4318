import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { signRequest } from "#lib/authing/signature.ts";
import type { AuthingCredentials } from "#lib/authing/signature.ts";
import * as envelope from "./envelope.ts";
import type { Answer, Refusal } from "./envelope.ts";

/** A request as its signature covers it: `data` is the parsed body, or the query before URL encoding. */
interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Gate {
  /** Why the request is refused, or undefined. A nonce is used up only by a request whose signature and date are right. */
  check(request: SignedRequest): Refusal | undefined;
  /** `get-management-token`. */
  issueToken(accessKeyId: unknown, accessKeySecret: unknown): Answer;
}

const tokenLifetimeSeconds = 7200;
/** Beyond this many the oldest nonce is forgotten: about 550 requests a second with the default tolerance. */
const noncesKept = 330_000;

/** The two kinds of authentication of Authing's own SDKs: AK/SK signatures (Node) and management tokens (Go, Java, Python, PHP). */
export function createGate(options: {
  accessKeys: () => readonly AuthingCredentials[];
  userPoolId: string;
  now: () => number;
  clockToleranceSeconds: number;
}): Gate {
  const { accessKeys, userPoolId, now } = options;
  const toleranceMilliseconds = options.clockToleranceSeconds * 1000;
  const usedNonces = new Map<string, number>();
  const tokenKey = randomBytes(32);

  function checkNonce(nonce: string): Refusal | undefined {
    if (usedNonces.has(nonce)) return envelope.replayed;
    // A date may be in the future by the tolerance, so the same request is accepted for twice the tolerance.
    for (const [used, at] of usedNonces) {
      if (now() - at <= 2 * toleranceMilliseconds && usedNonces.size < noncesKept) break;
      usedNonces.delete(used);
    }
    usedNonces.set(nonce, now());
    return undefined;
  }

  function checkSignature(request: SignedRequest): Refusal | undefined {
    const { headers } = request;
    if (headers["x-authing-signature-method"] !== "HMAC-SHA1") return envelope.badSignatureMethod;
    if (headers["x-authing-signature-version"] !== "1.0") return envelope.badSignatureVersion;
    const nonce = headers["x-authing-signature-nonce"];
    const genuine = accessKeys().some((key) => same(headers.authorization ?? "", signRequest(request, key)));
    if (!genuine || typeof nonce !== "string" || nonce === "") return envelope.badSignature;
    return checkDate(headers) ?? checkNonce(nonce);
  }

  function checkDate(headers: IncomingHttpHeaders): Refusal | undefined {
    // Node's SDK sends an HTTP date; the C# one Unix milliseconds in a header of its own.
    const date = headers.date ?? headers["x-authing-date"];
    if (typeof date !== "string") return envelope.noDate;
    const at = /^\d{13}$/.test(date) ? Number(date) : Date.parse(date);
    if (Number.isNaN(at)) return envelope.badDate;
    return Math.abs(now() - at) > toleranceMilliseconds ? envelope.clockSkew : undefined;
  }

  // The key's secret is part of the MAC, so that a token becomes invalid together with the key that it was requested with.
  const seal = (content: string, accessKeySecret: string) =>
    createHmac("sha256", tokenKey).update(`${content}\n${accessKeySecret}`).digest("base64url");

  function checkToken(token: string, poolHeader: unknown): Refusal | undefined {
    const [header = "", claims = "", mac = ""] = token.split(".");
    const genuine = accessKeys().some(({ accessKeySecret }) =>
      same(mac, seal(`${header}.${claims}`, accessKeySecret)),
    );
    if (!genuine) return envelope.badToken;
    const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as { exp: number };
    if (now() >= exp * 1000) return envelope.badToken;
    return poolHeader === userPoolId ? undefined : envelope.unknownPool;
  }

  return {
    check(request) {
      const authorization = request.headers.authorization;
      if (!authorization) return envelope.notLoggedIn;
      if (authorization.startsWith("authing ")) return checkSignature(request);
      // Go, Python and PHP send `Bearer <token>`, Java the token alone.
      return checkToken(authorization.replace(/^Bearer /i, ""), request.headers["x-authing-userpool-id"]);
    },
    issueToken(accessKeyId, accessKeySecret) {
      const key = accessKeys().find(
        (known) => known.accessKeyId === accessKeyId && known.accessKeySecret === accessKeySecret,
      );
      if (!key) return { refusal: envelope.badAccessKey };
      const issuedAtSeconds = Math.floor(now() / 1000);
      const content = [
        { alg: "HS256", typ: "JWT" },
        {
          sub: key.accessKeyId,
          scoped_userpool_id: userPoolId,
          iat: issuedAtSeconds,
          exp: issuedAtSeconds + tokenLifetimeSeconds,
          jti: randomBytes(8).toString("hex"),
        },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      return {
        data: {
          access_token: `${content}.${seal(content, key.accessKeySecret)}`,
          expires_in: tokenLifetimeSeconds,
        },
      };
    },
  };
}

/** In constant time. */
function same(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
