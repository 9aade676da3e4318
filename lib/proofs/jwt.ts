import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { InboundError } from "#lib/contract/errors.ts";
import type { ProofPlace } from "#lib/contract/proof-differs.ts";
import type {
  Delivery,
  Proof,
  ProofResult,
  RefusedProof,
  SignedRequest,
  Signing,
} from "#lib/contract/proof.ts";
import { isSameDigest } from "#lib/constant-time.ts";
import type { KeySet, PublishedAt, TokenKeys } from "./jwks.ts";
import { signedToken } from "./jwt-signing.ts";
import { canonical } from "./signature-text.ts";
import { placeOf, refused, secondsBetween, secretEmpty } from "./refused.ts";

// For senders that prove themselves by a JSON Web Token (RFC 7519). `jose` verifies; it is loaded when the first token comes,
// so that only sources with such a proof pay for it.

const asymmetric = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
] as const;
const shared = ["HS256", "HS384", "HS512"] as const;
type AsymmetricAlgorithm = (typeof asymmetric)[number];
type SharedAlgorithm = (typeof shared)[number];

/** Public keys of the sender with algorithms of public keys, or a key that both sides know with HMAC; never one for the other. */
type Keys<Secret> =
  | {
      /**
       * The address of the sender's JSON Web Key Set, or of a document that says it as `jwks_uri`, or the set itself. From the secret,
       * never from a token.
       */
      jwks(secret: Secret): string | PublishedAt | KeySet;
      readonly algorithms: readonly AsymmetricAlgorithm[];
      readonly sharedKey?: never;
    }
  | {
      /** The characters of the key that both sides know. */
      sharedKey(secret: Secret): string;
      readonly algorithms: readonly SharedAlgorithm[];
      readonly jwks?: never;
    };

export type JwtSettings<Secret> = Keys<Secret> & {
  /** What the explanation of an event calls it. Default `jwt`. */
  readonly name?: string;
  /**
   * Where the token is: in a header (in lower case) behind a prefix, or it is the whole body, whose claims are then what is
   * said. Default `{ header: "authorization", prefix: "Bearer " }`.
   */
  readonly token?: { readonly header: string; readonly prefix?: string } | "body";
  /** The issuer that the token has to name (`iss`). */
  issuer?(secret: Secret): string;
  /** The receiver that the token has to name (`aud`). `undefined`: any, since this sender need not name one. */
  audience?(secret: Secret): string | undefined;
  /** The type that the token's header has to name (`typ`, RFC 8725, section 3.11), e.g. `secevent+jwt`: no other token of the issuer does. */
  readonly type?: string;
  /** The claim that holds the SHA-256 of the body. Without it a token says who speaks, and nothing about the body. */
  readonly bodyHash?: { readonly claim: string; readonly encoding: "base64" | "base64url" | "hex" };
  /** How far the sender's clock may be from ours. Default 60. */
  readonly toleranceSeconds?: number;
  /** For a sender whose tokens do not end (FusionAuth, Kinde). Refused unless the token covers what is said. Default false. */
  readonly mayLackExpiry?: boolean;
};

/** A token in a header is as long as headers may be; one that is the body, as a delivery. */
const maxHeaderTokenLength = 8192;
/** What `sign` makes: a private key as a JSON Web Key, from `fixtures/signer.json`. */
const tokenLifetimeSeconds = 300;
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * A proof by a signed token. Algorithms are pinned: `none` does not exist here, and a public key is never taken for a shared
 * one. Keys are those of the secret, or of the address in it: `jku`, `x5u` and `jwk` of a token are never followed. A token
 * whose key is unknown has the keys fetched once more, at most once in 30 seconds. `exp`, `nbf` and `iat` are checked with
 * tolerance, and `exp` has to be there.
 *
 * @param now the clock by which keys are kept
 */
export function jwt<Secret>(settings: JwtSettings<Secret>, now: () => number = Date.now): Proof<Secret> {
  refuseWrongSettings(settings);
  const {
    name = "jwt",
    token: place = { header: "authorization", prefix: "Bearer " },
    type,
    bodyHash,
    toleranceSeconds = 60,
    mayLackExpiry = false,
  } = settings;
  const algorithms = [...settings.algorithms];
  const where = place === "body" ? place : placeOf("header", place.header);
  const prefix = place === "body" ? "" : (place.prefix ?? "");
  const malformed = refused("proof-malformed", {
    place: where,
    form: `a JSON Web Token${type === undefined ? "" : ` of type ${type}`}${prefix === "" ? "" : ` behind ${prefix.trim()}`}`,
  });
  let keys: TokenKeys | undefined;

  /** What of the secret is needed; `undefined` where any of it is empty. */
  function keysOf(secret: Secret): Expected | undefined {
    const issuer = settings.issuer?.(secret);
    const audience = settings.audience?.(secret);
    const key = settings.jwks ? settings.jwks(secret) : settings.sharedKey(secret);
    const isEmpty =
      typeof key === "string"
        ? key === ""
        : "configuration" in key
          ? key.configuration === ""
          : !(key.keys?.length > 0);
    return isEmpty || issuer === "" || audience === ""
      ? undefined
      : { key, ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }) };
  }

  function verify(delivery: Delivery, secret: Secret): ProofResult | Promise<ProofResult> {
    const expected = keysOf(secret);
    if (!expected) return secretEmpty;
    const token = tokenIn(delivery);
    if (token === undefined) return refused("proof-missing", { place: where });
    if (!compact.test(token)) return malformed;
    return check(token, delivery, expected);
  }

  function tokenIn({ headers, body }: Delivery): string | undefined {
    if (place === "body") return body.length === 0 ? undefined : Buffer.from(body).toString("latin1").trim();
    const { header } = place;
    const value = Object.hasOwn(headers, header) ? headers[header] : undefined;
    if (value === undefined || value === "") return undefined;
    // The scheme of `Authorization` is written in either case (RFC 9110, section 11.1).
    const hasPrefix = value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
    return hasPrefix && value.length <= maxHeaderTokenLength ? value.slice(prefix.length) : "";
  }

  async function check(token: string, delivery: Delivery, expected: Expected): Promise<ProofResult> {
    const { key, ...claims } = expected;
    const options = {
      ...claims,
      ...(type !== undefined && { typ: type }),
      algorithms,
      clockTolerance: toleranceSeconds,
      currentDate: new Date(delivery.receivedAt),
      requiredClaims: mayLackExpiry ? [] : ["exp"],
    };
    const { tokenKeys } = await import("./jwks.ts");
    keys ??= tokenKeys(now);
    try {
      const by = settings.sharedKey ? { shared: key as string } : { public: key };
      const { payload } = await keys.verify(token, by, options);
      return accept(token, delivery, payload);
    } catch (error) {
      if (error instanceof InboundError) throw error;
      return failureOf(error, delivery.receivedAt);
    }
  }

  function accept(token: string, delivery: Delivery, claims: Readonly<Record<string, unknown>>): ProofResult {
    const { iat, jti } = claims;
    const sentAt = typeof iat === "number" ? Math.floor(iat * 1000) : undefined;
    if (sentAt !== undefined && !(sentAt >= 0 && sentAt <= 8.64e15)) return timeMalformed("claim iat");
    if (sentAt !== undefined && sentAt - delivery.receivedAt > toleranceSeconds * 1000) {
      const seconds = secondsBetween(delivery.receivedAt, sentAt);
      return refused("timestamp-early", { place: "claim iat", seconds, toleranceSeconds });
    }
    if (bodyHash) {
      const claim = claims[bodyHash.claim];
      const hashPlace = placeOf("claim", bodyHash.claim);
      if (typeof claim !== "string") {
        return refused("proof-malformed", {
          place: hashPlace,
          form: `${bodyHash.encoding} of the body's SHA-256`,
        });
      }
      if (
        !isSameDigest(
          canonical(hashOf(delivery.body), bodyHash.encoding),
          canonical(claim, bodyHash.encoding),
        )
      ) {
        return refused("proof-mismatch", { place: hashPlace, covers: "{body}" });
      }
    }
    return {
      ok: true,
      payload: place === "body" ? Buffer.from(token.split(".")[1] ?? "", "base64url") : delivery.body,
      ...(sentAt !== undefined && { sentAt }),
      ...(typeof jti === "string" && jti !== "" && { deliveryId: jti }),
    };
  }

  /** What an error of `jose` means. */
  function failureOf(error: unknown, receivedAt: number): RefusedProof {
    const { code, claim, reason, payload } = error as JoseError;
    switch (code) {
      case "ERR_JOSE_ALG_NOT_ALLOWED":
      case "ERR_JOSE_NOT_SUPPORTED":
        return refused("algorithm-refused", { place: where, form: algorithms.join(" or ") });
      case "ERR_JWKS_NO_MATCHING_KEY":
        return refused("key-unknown", { place: where });
      case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
        return refused("proof-mismatch", { place: where, covers: "the token" });
      case "ERR_JWT_EXPIRED": {
        const seconds = secondsBetween(Number(payload?.["exp"]) * 1000, receivedAt);
        return refused("timestamp-stale", { place: "claim exp", seconds, toleranceSeconds });
      }
      case "ERR_JWT_CLAIM_VALIDATION_FAILED": {
        if (claim === "iss") return refused("issuer-mismatch", { place: "claim iss" });
        if (claim === "aud") return refused("audience-mismatch", { place: "claim aud" });
        if (claim === "typ") return malformed;
        const name = claim === "nbf" || claim === "iat" ? claim : "exp";
        const claimPlace: ProofPlace = `claim ${name}`;
        if (reason === "missing") return refused("timestamp-missing", { place: claimPlace });
        if (reason !== "check_failed") return timeMalformed(claimPlace);
        const seconds = secondsBetween(receivedAt, Number(payload?.[name]) * 1000);
        return refused("timestamp-early", { place: claimPlace, seconds, toleranceSeconds });
      }
      default:
        // Whatever else is wrong with a token is its sender's fault: it is refused.
        return malformed;
    }
  }

  function hashOf(body: Uint8Array): string {
    return createHash("sha256")
      .update(body)
      .digest(bodyHash?.encoding ?? "hex");
  }

  function sign(body: Uint8Array, secret: Secret, at: Signing, signer?: unknown): SignedRequest {
    const expected = keysOf(secret);
    if (!expected) throw new InboundError("misconfigured", "secret-empty");
    const issuedAt = Math.floor(at.now / 1000);
    const written = place === "body" && said(body);
    const claims = {
      ...written,
      ...(expected.issuer !== undefined && { iss: expected.issuer }),
      ...(expected.audience !== undefined && { aud: expected.audience }),
      ...(!mayLackExpiry && { iat: issuedAt, exp: issuedAt + tokenLifetimeSeconds, jti: at.id }),
      ...(bodyHash && { [bodyHash.claim]: hashOf(body) }),
    };
    const token = signedToken(
      // What says everything already is said as it is written.
      isDeepStrictEqual(claims, written) ? body : Buffer.from(JSON.stringify(claims)),
      settings.sharedKey ? (expected.key as string) : signer,
      { alg: algorithms[0], typ: type ?? "JWT" },
    );
    if (place === "body") return { headers: {}, body: Buffer.from(token) };
    return { headers: { [place.header]: `${place.prefix ?? ""}${token}` }, body };
  }

  return {
    name,
    coversBody: bodyHash !== undefined || place === "body",
    refusesStale: !mayLackExpiry,
    verify,
    sign,
  };
}

interface JoseError {
  readonly code?: string;
  readonly claim?: string;
  readonly reason?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

const timeMalformed = (place: ProofPlace) =>
  refused("timestamp-malformed", { place, form: "seconds since 1970" });

interface Expected {
  readonly key: string | PublishedAt | KeySet;
  readonly issuer?: string;
  readonly audience?: string;
}

function said(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(Buffer.from(body).toString());
    if (typeof document === "object" && document !== null && !Array.isArray(document)) return { ...document };
  } catch {
    // Reported below.
  }
  throw new InboundError("malformed", "body-not-a-json-object");
}

/** What the types cannot say about settings, or cannot say to plain JavaScript. */
function refuseWrongSettings<Secret>({
  jwks,
  sharedKey,
  algorithms,
  token,
  bodyHash,
  toleranceSeconds = 0,
  mayLackExpiry,
}: JwtSettings<Secret>): void {
  if ((jwks === undefined) === (sharedKey === undefined)) {
    throw new TypeError("jwt: give either jwks, the sender's public keys, or sharedKey");
  }
  const allowed: readonly string[] = jwks ? asymmetric : shared;
  if (algorithms.length === 0) throw new TypeError("jwt: algorithms is empty; name those the sender uses");
  const wrong = algorithms.find((algorithm) => !allowed.includes(algorithm));
  if (wrong !== undefined) {
    throw new TypeError(
      `jwt: algorithm ${wrong} does not go with ${jwks ? "jwks" : "sharedKey"}; use one of ${allowed.join(", ")}`,
    );
  }
  if (mayLackExpiry && !bodyHash && token !== "body") {
    throw new TypeError(
      "jwt: a token that neither ends nor covers the body would prove anything for ever; leave mayLackExpiry out, or add bodyHash",
    );
  }
  if (bodyHash && token === "body") {
    throw new TypeError("jwt: the token is the body and so covers it; leave bodyHash out");
  }
  if (typeof token === "object" && !/^[a-z0-9-]+$/.test(token.header)) {
    throw new TypeError(`jwt: header "${token.header}": write it in lower case, letters, digits and dashes`);
  }
  if (!(Number.isFinite(toleranceSeconds) && toleranceSeconds >= 0)) {
    throw new TypeError("jwt: toleranceSeconds must be 0 or more");
  }
}
