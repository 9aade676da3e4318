import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import type {
  Delivery,
  ImmediateProof,
  ProofFailure,
  ProofResult,
  SignedRequest,
  Signing,
} from "#lib/contract/source.ts";

type HmacAlgorithm = "sha1" | "sha256" | "sha512";

/** `whsec` is base64 behind an optional `whsec_`; both base64 alphabets are taken, with and without padding. */
export type KeyEncoding = "utf8" | "base64" | "hex" | "whsec";

type SignatureEncoding = "hex" | "base64" | "base64url";

/**
 * One header, in lower case. Several names are alternatives that go by sets: the first signature header that is there
 * decides, and the timestamp and the id are taken from the same position in their lists, never from another set.
 */
interface InHeader {
  readonly header: string | readonly string[];
}

interface InQuery {
  readonly query: string;
}

/** A string or a number in the JSON body: `a.b`. */
interface InJson {
  readonly json: string;
}

/**
 * Where the signature stands and how it is written.
 *
 * - bare: `{ header: "x-signature", encoding: "hex" }`
 * - behind a prefix, `sha256=…`: `{ …, prefix: "sha256=" }`
 * - in a list, `v1,… v1,…`: `{ …, separator: " ", prefix: "v1," }`; items without the prefix are other schemes, and skipped
 * - in pairs, `t=…,v1=…,v1=…`: `{ …, pair: "v1" }`
 *
 * Of several signatures one has to be right. Hex is taken in either case, base64 with or without its padding.
 */
type SignaturePlace = (InHeader | InQuery | InJson) & {
  readonly encoding: SignatureEncoding;
  readonly prefix?: string;
  /** Of several separators the first one that occurs splits. */
  readonly separator?: string | readonly string[];
  readonly pair?: string;
};

type TimestampPlace = (InHeader | InJson | { readonly pair: string }) & {
  readonly unit: "seconds" | "milliseconds";
  /** How far the time may lie from ours, both ways or each by itself. Without it any time is taken. */
  readonly toleranceSeconds?: number | { readonly past?: number; readonly future?: number };
};

export interface HmacSettings<Secret> {
  /** What the explanation of an event calls it. Default `hmac-<algorithm>`. */
  readonly name?: string;
  readonly algorithm: HmacAlgorithm;
  /** The key in the secret, or several of which each may have signed; the first one signs. */
  key(secret: Secret): string | readonly string[];
  /** How the key is written. Default `utf8`: its characters are the key. */
  readonly keyEncoding?: KeyEncoding;
  /**
   * What is signed: text around `{body}`, `{timestamp}`, `{id}`, `{header:x}`, `{query:x}`, `{json:a.b}` and
   * `{sha256:body}` (hex), e.g. `{id}.{timestamp}.{body}`. Each stands for the text as it came, byte for byte.
   */
  readonly signed: string;
  readonly signature: SignaturePlace;
  /** The time of sending; it has to be part of what is signed. */
  readonly timestamp?: TimestampPlace;
  /** The sender's id of the delivery; it has to be part of what is signed, as `{id}`. */
  readonly deliveryId?: InHeader;
}

const maximumSignatureLength = 4096;
const maximumSignatures = 32;

/**
 * A proof by HMAC, for every layout that facts of some forty senders asked for. The settings are compiled once; a wrong
 * one throws a `TypeError` here that says what to change, so that it never waits for the first delivery.
 *
 * A key that is empty or cannot be decoded is no key, and a secret without a key verifies nothing (`secret-empty`).
 */
export function hmac<Secret>(settings: HmacSettings<Secret>): ImmediateProof<Secret> {
  const { algorithm, signature, timestamp, deliveryId, keyEncoding = "utf8" } = settings;
  const template = compileTemplate(settings);
  const tolerance = compileTolerance(timestamp?.toleranceSeconds);
  const readsJson =
    "json" in signature ||
    (timestamp !== undefined && "json" in timestamp) ||
    template.some((part) => part.kind === "json");
  const signatureHeaders = "header" in signature ? headerNames(signature.header, "signature") : [];
  const timestampHeaders =
    timestamp && "header" in timestamp ? headerNames(timestamp.header, "timestamp") : [];
  const idHeaders = deliveryId ? headerNames(deliveryId.header, "deliveryId") : [];
  const separators = signature.separator === undefined ? [] : [signature.separator].flat();
  refuseWrongSettings(settings, template, [signatureHeaders, timestampHeaders, idHeaders]);

  // A KeyObject is made once per secret: four times as fast as the raw key each time (Node 24, 1 KB).
  const keysOfSecrets = new WeakMap<object, readonly KeyObject[]>();

  function keys(secret: Secret): readonly KeyObject[] {
    const cacheable = typeof secret === "object" && secret !== null ? secret : undefined;
    const known = cacheable && keysOfSecrets.get(cacheable);
    if (known) return known;
    const made = [settings.key(secret)]
      .flat()
      .map((text) => decodeKey(text, keyEncoding))
      .filter((bytes) => bytes.length > 0)
      .map((bytes) => createSecretKey(bytes));
    if (cacheable) keysOfSecrets.set(cacheable, made);
    return made;
  }

  /** The bytes that are signed, in pieces: the body is never copied or turned into a string. */
  function signedPieces(parts: SignedParts, body: Uint8Array): (string | Uint8Array)[] | ProofFailure {
    const pieces: (string | Uint8Array)[] = [];
    let text = "";
    for (const part of template) {
      if (part.kind === "body") {
        if (text !== "") pieces.push(text);
        pieces.push(body);
        text = "";
        continue;
      }
      const value = part.kind === "text" ? part.text : parts[part.kind](part.name);
      if (value === undefined) return part.kind === "json" ? "proof-malformed" : "proof-missing";
      text += value;
    }
    if (text !== "") pieces.push(text);
    return pieces;
  }

  function digest(key: KeyObject, pieces: readonly (string | Uint8Array)[]): string {
    const mac = createHmac(algorithm, key);
    for (const piece of pieces) mac.update(piece);
    return mac.digest(signature.encoding);
  }

  function verify(delivery: Delivery, secret: Secret): ProofResult {
    const usable = keys(secret);
    if (usable.length === 0) return refused("secret-empty");

    const { headers, query, body } = delivery;
    const document = readsJson ? parseJson(body) : undefined;
    const set = Math.max(
      0,
      signatureHeaders.findIndex((name) => typeof headers[name] === "string"),
    );
    const header = (name: string | undefined) =>
      name !== undefined && typeof headers[name] === "string" ? headers[name] : undefined;

    let written: string | undefined;
    if ("header" in signature) {
      written = header(signatureHeaders[set]);
    } else if ("query" in signature) {
      if (query.getAll(signature.query).length > 1) return refused("proof-malformed");
      // A `+` that nobody escaped arrives as a space.
      written = query.get(signature.query)?.replaceAll(" ", "+");
    } else {
      if (document === undefined) return refused("proof-malformed");
      written = textAt(document, signature.json);
    }
    if (written === undefined || written === "") return refused("proof-missing");
    if (written.length > maximumSignatureLength) return refused("proof-malformed");

    const pairs = signature.pair === undefined ? undefined : readPairs(written);
    const candidates = pairs
      ? pairs.filter(([name]) => name === signature.pair).map(([, value]) => value)
      : readList(written, separators, signature.prefix ?? "");
    if (candidates.length === 0 || candidates.length > maximumSignatures) return refused("proof-malformed");

    let timestampText: string | undefined;
    let sentAt: number | undefined;
    if (timestamp) {
      if ("pair" in timestamp) {
        const found = (pairs ?? []).filter(([name]) => name === timestamp.pair);
        if (found.length > 1) return refused("timestamp-malformed");
        timestampText = found[0]?.[1];
      } else if ("header" in timestamp) {
        timestampText = header(timestampHeaders[set]);
      } else {
        timestampText = document === undefined ? undefined : textAt(document, timestamp.json);
      }
      if (timestampText === undefined || timestampText === "") return refused("timestamp-missing");
      sentAt = readTimestamp(timestampText, timestamp.unit);
      if (sentAt === undefined) return refused("timestamp-malformed");
      if (delivery.receivedAt - sentAt > tolerance.past) return refused("timestamp-stale");
      if (sentAt - delivery.receivedAt > tolerance.future) return refused("timestamp-early");
    }

    const id = header(idHeaders[set]);
    const pieces = signedPieces(
      {
        timestamp: () => timestampText,
        id: () => (id === "" ? undefined : id),
        header,
        query: (name) => {
          const values = query.getAll(name);
          return values.length === 1 ? values[0] : undefined;
        },
        json: (name) => (document === undefined ? undefined : textAt(document, name)),
        bodyHash: () => hash("sha256", body, "hex"),
      },
      body,
    );
    if (typeof pieces === "string") return refused(pieces);

    for (const key of usable) {
      const expected = canonical(digest(key, pieces), signature.encoding);
      if (candidates.some((candidate) => sameText(expected, canonical(candidate, signature.encoding)))) {
        return {
          ok: true,
          payload: body,
          ...(sentAt === undefined ? {} : { sentAt }),
          ...(id === undefined ? {} : { deliveryId: id }),
        };
      }
    }
    return refused("proof-mismatch");
  }

  function sign(body: Uint8Array, secret: Secret, at: Signing): SignedRequest {
    const [key] = keys(secret);
    if (key === undefined) throw new InboundError("misconfigured", "secret-empty");
    const timestampText = String(timestamp?.unit === "milliseconds" ? at.now : Math.floor(at.now / 1000));
    const headers: Record<string, string> = {};
    const query: Record<string, string> = {};
    let document: object | undefined;
    if (readsJson) {
      const parsed = parseJson(body);
      if (typeof parsed !== "object" || parsed === null) {
        throw new InboundError("malformed", "body-not-a-json-object");
      }
      document = parsed;
    }

    let sent = body;
    if (timestampHeaders[0] !== undefined) headers[timestampHeaders[0]] = timestampText;
    if (document && timestamp && "json" in timestamp) {
      writeAt(document, timestamp.json, Number(timestampText));
      sent = Buffer.from(JSON.stringify(document));
    }
    if (idHeaders[0] !== undefined) headers[idHeaders[0]] = at.id;
    const pieces = signedPieces(
      {
        timestamp: () => timestampText,
        id: () => at.id,
        // A sender has its own values for these; where the request has none, any value will do.
        header: (name) => headers[name] ?? at.headers?.[name] ?? (headers[name] = at.id),
        query: (name) => query[name] ?? at.query?.[name] ?? (query[name] = at.id),
        json: (name) => (document === undefined ? undefined : textAt(document, name)),
        bodyHash: () => hash("sha256", sent, "hex"),
      },
      sent,
    );
    if (typeof pieces === "string") throw new InboundError("malformed", "signed-part-missing");

    const text = (signature.prefix ?? "") + digest(key, pieces);
    const pairs = timestamp && "pair" in timestamp ? [`${timestamp.pair}=${timestampText}`] : [];
    const written = signature.pair === undefined ? text : [...pairs, `${signature.pair}=${text}`].join(",");
    if ("query" in signature) {
      query[signature.query] = written;
    } else if ("json" in signature) {
      writeAt(document ?? {}, signature.json, written);
      sent = Buffer.from(JSON.stringify(document));
    } else {
      headers[signatureHeaders[0] ?? ""] = written;
    }
    return { headers, ...(Object.keys(query).length === 0 ? {} : { query }), body: sent };
  }

  return {
    name: settings.name ?? `hmac-${algorithm}`,
    coversBody: template.some((part) => part.kind === "body" || part.kind === "bodyHash"),
    refusesStale: Number.isFinite(tolerance.past),
    ...("query" in signature && { proofParameters: [signature.query] }),
    verify,
    sign,
  };
}

/** How to get the text of each kind of placeholder. */
type SignedParts = Record<
  "timestamp" | "id" | "header" | "query" | "json" | "bodyHash",
  (name: string) => string | undefined
>;

type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "body" }
  | { readonly kind: keyof SignedParts; readonly name: string };

function compileTemplate({ signed }: Pick<HmacSettings<never>, "signed">): TemplatePart[] {
  const parts: TemplatePart[] = [];
  // Odd pieces are what stood between braces.
  for (const [index, piece] of signed.split(/\{([^{}]*)\}/).entries()) {
    if (index % 2 === 0) {
      if (/[{}]/.test(piece)) {
        throw new TypeError(
          `hmac: signed "${signed}" has a brace without its partner; close the placeholder`,
        );
      }
      if (piece !== "") parts.push({ kind: "text", text: piece });
      continue;
    }
    const [kind, name] = /^(header|query|json):(.+)$/.exec(piece)?.slice(1) ?? [piece, ""];
    if (kind === "body") parts.push({ kind: "body" });
    else if (kind === "sha256:body") parts.push({ kind: "bodyHash", name: "" });
    else if (kind === "timestamp" || kind === "id") parts.push({ kind, name: "" });
    else if ((kind === "header" || kind === "query" || kind === "json") && name) {
      if (kind === "header") headerNames(name, "signed");
      if (kind === "json") refuseUnsafePath(name);
      parts.push({ kind, name });
    } else {
      throw new TypeError(
        `hmac: signed has the unknown placeholder {${piece}}; use {body}, {timestamp}, {id}, {header:x}, {query:x}, {json:a.b} or {sha256:body}`,
      );
    }
  }
  return parts;
}

function compileTolerance(setting: TimestampPlace["toleranceSeconds"]): { past: number; future: number } {
  const { past, future } = typeof setting === "object" ? setting : { past: setting, future: setting };
  for (const seconds of [past, future]) {
    if (seconds !== undefined && !(Number.isFinite(seconds) && seconds >= 0)) {
      throw new TypeError("hmac: toleranceSeconds must be 0 or more; leave it out to take any time");
    }
  }
  return { past: (past ?? Infinity) * 1000, future: (future ?? Infinity) * 1000 };
}

function headerNames(names: string | readonly string[], setting: string): readonly string[] {
  const list = [names].flat();
  if (list.length === 0) throw new TypeError(`hmac: ${setting} needs at least one header name`);
  for (const name of list) {
    if (!/^[a-z0-9-]+$/.test(name)) {
      throw new TypeError(
        `hmac: ${setting} header "${name}": write it in lower case, letters, digits and dashes`,
      );
    }
  }
  return list;
}

function refuseUnsafePath(path: string): void {
  if (path.split(".").some((key) => key === "" || key === "__proto__")) {
    throw new TypeError(`hmac: JSON path "${path}": write keys with dots between them, e.g. data.token`);
  }
}

/** What the types cannot say about settings. */
function refuseWrongSettings<Secret>(
  { signature, timestamp, deliveryId, signed }: HmacSettings<Secret>,
  template: readonly TemplatePart[],
  headerLists: readonly (readonly string[])[],
): void {
  const has = (kind: TemplatePart["kind"], name?: string) =>
    template.some(
      (part) => part.kind === kind && (name === undefined || ("name" in part && part.name === name)),
    );
  const coversBody = has("body") || has("bodyHash");

  if (template.every((part) => part.kind === "text")) {
    throw new TypeError(`hmac: signed "${signed}" holds nothing of the delivery; add {body}`);
  }
  if (has("timestamp") && !timestamp) {
    throw new TypeError("hmac: signed has {timestamp}; say with `timestamp` where it is found");
  }
  if (has("id") && !deliveryId) {
    throw new TypeError("hmac: signed has {id}; say with `deliveryId` where it is found");
  }
  if (deliveryId && !has("id")) {
    throw new TypeError(
      "hmac: deliveryId is not part of what is signed; add {id} to `signed` or leave it out",
    );
  }
  if (timestamp) {
    const covered =
      has("timestamp") ||
      ("header" in timestamp && typeof timestamp.header === "string" && has("header", timestamp.header)) ||
      ("json" in timestamp && (coversBody || has("json", timestamp.json)));
    if (!covered) {
      throw new TypeError(
        "hmac: timestamp is not part of what is signed, so that anybody may change it; add {timestamp} to `signed` or leave it out",
      );
    }
    if ("json" in timestamp) refuseUnsafePath(timestamp.json);
    if ("pair" in timestamp && (signature.pair === undefined || signature.pair === timestamp.pair)) {
      throw new TypeError(
        "hmac: timestamp.pair stands beside the signature's pair; set signature.pair to another name",
      );
    }
  }
  if (signature.pair !== undefined && (signature.prefix !== undefined || signature.separator !== undefined)) {
    throw new TypeError("hmac: a signature in pairs has no prefix and no separator; leave them out");
  }
  if ([signature.separator ?? []].flat().includes("")) {
    throw new TypeError("hmac: separator is empty; leave it out for a single signature");
  }
  if ("json" in signature) {
    refuseUnsafePath(signature.json);
    if (coversBody) {
      throw new TypeError(
        "hmac: a signature inside the body cannot cover the body; sign {json:…} parts of it",
      );
    }
  }
  const lists = headerLists.filter((list) => list.length > 0);
  if (new Set(lists.map((list) => list.length)).size > 1) {
    throw new TypeError(
      "hmac: signature, timestamp and deliveryId name different numbers of headers; give each set its own position in all of them",
    );
  }
}

function refused(reason: ProofFailure): ProofResult {
  return { ok: false, reason };
}

/** No bytes for a key that is empty or not in its encoding. */
function decodeKey(text: string, encoding: KeyEncoding): Uint8Array {
  if (encoding === "utf8") return Buffer.from(text);
  if (encoding === "hex") return Buffer.from(/^(?:[0-9a-f]{2})*$/i.test(text) ? text : "", "hex");
  const base64 = encoding === "whsec" ? text.replace(/^whsec_/, "") : text;
  return Buffer.from(/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64) ? base64 : "", "base64");
}

/** Digits only: no sign, no fraction, no exponent, no blanks. Milliseconds since 1970. */
function readTimestamp(text: string, unit: "seconds" | "milliseconds"): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const time = unit === "seconds" ? Number(text) * 1000 : Number(text);
  // The last instant a Date can hold.
  return time <= 8.64e15 ? time : undefined;
}

function readPairs(text: string): [name: string, value: string][] {
  return text.split(",").map((item) => {
    const equals = item.indexOf("=");
    return equals < 0 ? [item.trim(), ""] : [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
  });
}

function readList(text: string, separators: readonly string[], prefix: string): string[] {
  const separator = separators.find((candidate) => text.includes(candidate));
  const items = separator === undefined ? [text] : text.split(separator);
  return items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
}

/** One text for each digest: comparing texts, not decoded bytes, leaves no spare bits that could differ. */
function canonical(text: string, encoding: SignatureEncoding): string {
  return encoding === "hex" ? text.toLowerCase() : text.replace(/={1,2}$/, "");
}

function sameText(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The string or number at a path of own keys. */
function textAt(document: unknown, path: string): string | undefined {
  let value = document;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function writeAt(document: object, path: string, value: string | number): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let place = document as Record<string, unknown>;
  for (const key of keys) {
    const inner = Object.hasOwn(place, key) ? place[key] : undefined;
    place = place[key] =
      typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : {};
  }
  place[last] = value;
}
