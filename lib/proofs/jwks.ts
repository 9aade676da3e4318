import { createLocalJWKSet } from "jose/jwks/local";
import { jwtVerify, type JWTVerifyOptions } from "jose/jwt/verify";
import { InboundError } from "#lib/contract/errors.ts";
import { createExchange } from "#lib/http/exchange.ts";

// Everything of a JWT that a source without one must not pay for: `jose`, and the keys that senders publish. Loaded by
// lib/proofs/jwt.ts when the first token comes.

/** A JSON Web Key Set (RFC 7517, section 5): public keys. */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Where a sender publishes the address of its key set, as `jwks_uri`: its metadata. */
export interface PublishedAt {
  readonly configuration: string;
}

type Verified = Awaited<ReturnType<typeof jwtVerify>>;
/** Finds the key that a token names. */
type FindKey = ReturnType<typeof createLocalJWKSet>;

/** How long a key set is used without asking again. A new key is found sooner: a token names it. */
const freshForSeconds = 600;
/** How long an old copy serves while the sender does not answer. */
const usableForSeconds = 24 * 3600;
/** The shortest time between two questions that unknown keys ask for: forged tokens cause no storm at the sender. */
const refetchEverySeconds = 30;
/** The shortest time between two questions while none was answered yet. */
const retryEverySeconds = 5;
/** Senders wait 3 s for an answer to their delivery. */
const timeoutSeconds = 2;
/** A set of ten RSA keys with certificates is 30 KB. */
const maxKeySetBytes = 64 * 1024;
const maxKeys = 100;
/** A source has one, or two while its secret is rotated. */
const maxSets = 8;

interface Entry {
  findKey?: FindKey;
  fetchedAt: number;
  askedAt: number;
  running?: Promise<FindKey>;
}

interface PublishedKeys {
  /** The keys at this place, at most 10 minutes old. Throws `unavailable` `jwks-unreachable`, `misconfigured` `jwks-address-wrong`. */
  read(place: string | PublishedAt): Promise<FindKey>;
  /** The same, fetched again, but at most once in 30 seconds: for a token whose key is not among them. */
  refetch(place: string | PublishedAt): Promise<FindKey>;
}

/** Reads key sets that senders publish, one question at a time for each address, and keeps a bounded number of them. */
function publishedKeys(now: () => number): PublishedKeys {
  const entries = new Map<string, Entry>();

  function entryOf(place: string | PublishedAt): Entry {
    const address = typeof place === "string" ? place : `configuration ${place.configuration}`;
    const known = entries.get(address);
    if (known) return known;
    const made: Entry = { fetchedAt: -Infinity, askedAt: -Infinity };
    entries.set(address, made);
    // The oldest goes: a map is walked in the order of insertion.
    for (const oldest of entries.keys()) {
      if (entries.size <= maxSets) break;
      entries.delete(oldest);
    }
    return made;
  }

  function ask(place: string | PublishedAt, entry: Entry): Promise<FindKey> {
    entry.askedAt = now();
    entry.running ??= fetchKeySetAt(place, now)
      .then((findKey) => {
        entry.findKey = findKey;
        entry.fetchedAt = now();
        return findKey;
      })
      .catch((error: unknown) => {
        const isUsable = entry.findKey && now() - entry.fetchedAt < usableForSeconds * 1000;
        if (entry.findKey && isUsable) return entry.findKey;
        throw error;
      })
      .finally(() => delete entry.running);
    return entry.running;
  }

  return {
    async read(place) {
      const entry = entryOf(place);
      const waitSeconds = entry.findKey ? refetchEverySeconds : retryEverySeconds;
      const hasWaited = now() - entry.askedAt >= waitSeconds * 1000;
      if (entry.findKey) {
        const isFresh = now() - entry.fetchedAt < freshForSeconds * 1000;
        const isUsable = now() - entry.fetchedAt < usableForSeconds * 1000;
        if (isFresh || (isUsable && !hasWaited)) return entry.findKey;
      }
      if (!hasWaited && !entry.running) throw unreachable();
      return entry.running ?? ask(place, entry);
    },
    async refetch(place) {
      const entry = entryOf(place);
      const waits = now() - entry.askedAt < refetchEverySeconds * 1000;
      if (entry.running) return entry.running;
      return waits && entry.findKey ? entry.findKey : ask(place, entry);
    },
  };
}

/** Keys that are in the secret itself. Throws `misconfigured` `jwks-malformed` for what is no set of public keys. */
function pinnedKeys(set: KeySet): FindKey {
  try {
    return findKeyIn(set);
  } catch {
    throw new InboundError("misconfigured", "jwks-malformed", {
      hint: 'write {"keys": […]} with the public keys of the sender into the secret',
    });
  }
}

async function fetchKeySetAt(place: string | PublishedAt, now: () => number): Promise<FindKey> {
  if (typeof place === "string") return fetchKeySet(place, now);
  const address = await fetchJson(place.configuration, now, (configuration) =>
    typeof configuration === "object" && configuration !== null && "jwks_uri" in configuration
      ? String(configuration.jwks_uri)
      : undefined,
  );
  // What is published must not lead to this very machine, unless it is of this very machine.
  const isReachable = address !== undefined && (address.startsWith("https:") || isLocal(place.configuration));
  if (!isReachable) throw unreachable("the sender's metadata names no jwks_uri, or one that is not https");
  return fetchKeySet(address, now);
}

function fetchKeySet(address: string, now: () => number): Promise<FindKey> {
  return fetchJson(address, now, (document) => findKeyIn(document as KeySet));
}

async function fetchJson<Value>(
  address: string,
  now: () => number,
  read: (document: unknown) => Value,
): Promise<Value> {
  const url = safeAddress(address);
  const exchange = createExchange(new URL(url.origin), { timeoutSeconds, now });
  try {
    const answer = await exchange({
      method: "GET",
      path: url.pathname + url.search,
      headers: { accept: "application/jwk-set+json, application/json" },
    });
    // Redirects are not followed: the address of the keys is what the operator wrote, and no other.
    if (answer.seen !== "response" || answer.httpStatus !== 200) throw unreachable();
    if (answer.body.length > maxKeySetBytes) throw unreachable("the key set is larger than 64 KiB");
    return read(JSON.parse(answer.body.toString("utf8")));
  } catch (error) {
    if (error instanceof InboundError) throw error;
    throw unreachable("what is there is no JSON Web Key Set");
  } finally {
    exchange.close();
  }
}

function findKeyIn(set: KeySet): FindKey {
  if (set.keys.length > maxKeys) throw new TypeError("too many keys");
  return createLocalJWKSet({ keys: [...set.keys] } as Parameters<typeof createLocalJWKSet>[0]);
}

const isLocal = (address: string): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])$/.test(URL.parse(address)?.hostname ?? "");

/** https, or http on this very machine; nothing that a payload or a token says has a part in it. */
function safeAddress(address: string): URL {
  const url = URL.parse(address);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLocal(address));
  if (url && isSafe && url.username === "" && url.password === "") return url;
  throw new InboundError("misconfigured", "jwks-address-wrong", {
    hint: "write the address of the sender's JSON Web Key Set into its secret as https://host/path",
  });
}

function unreachable(hint = "the sender's JSON Web Key Set cannot be read now"): InboundError {
  return new InboundError("unavailable", "jwks-unreachable", { hint });
}

/** Verifies tokens, and keeps the keys for it. */
export interface TokenKeys {
  /** @param key what both sides know, a set of public keys, or where one is. Throws what `jose` throws, or `InboundError`. */
  verify(
    token: string,
    key: { readonly shared: string } | { readonly public: string | PublishedAt | KeySet },
    options: JWTVerifyOptions,
  ): Promise<Verified>;
}

export function tokenKeys(now: () => number): TokenKeys {
  const published = publishedKeys(now);
  const pinned = new WeakMap<KeySet, FindKey>();
  return {
    async verify(token, key, options) {
      if ("shared" in key) return jwtVerify(token, Buffer.from(key.shared), options);
      if (typeof key.public !== "string" && !("configuration" in key.public)) {
        const findKey = pinned.get(key.public) ?? pinnedKeys(key.public);
        pinned.set(key.public, findKey);
        return verifyByKeySet(token, findKey, options);
      }
      const findKey = await published.read(key.public);
      try {
        return await verifyByKeySet(token, findKey, options);
      } catch (error) {
        if (codeOf(error) !== "ERR_JWKS_NO_MATCHING_KEY") throw error;
        const refetched = await published.refetch(key.public);
        if (refetched === findKey) throw error;
        return verifyByKeySet(token, refetched, options);
      }
    },
  };
}

/** Where a token names no key and several could have signed it, each is tried. */
async function verifyByKeySet(token: string, findKey: FindKey, options: JWTVerifyOptions): Promise<Verified> {
  try {
    return await jwtVerify(token, findKey, options);
  } catch (error) {
    if (codeOf(error) !== "ERR_JWKS_MULTIPLE_MATCHING_KEYS") throw error;
    let failure: unknown = error;
    for await (const key of error as AsyncIterable<Parameters<typeof jwtVerify>[1]>) {
      try {
        return await jwtVerify(token, key, options);
      } catch (other) {
        failure = other;
        if (codeOf(other) !== "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") throw other;
      }
    }
    throw failure;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
