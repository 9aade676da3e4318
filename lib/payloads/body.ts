import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import { InboundError } from "#lib/contract/errors.ts";
import { hasUnseen } from "#lib/fields/clean-text.ts";

// How sources read the bytes of a verified delivery: every failure is `malformed`, whatever the bytes are.

export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than any sender nests its data: JSON that is nested deeper would overflow the stack of the code that writes it out. */
const maximumDepth = 64;
const quoteMark = 34;
const backslash = 92;
const openList = 91;
const closeList = 93;
const openObject = 123;
const closeObject = 125;
const byteOrderMark = 0xfeff;

/** The JSON object in a body. Throws `InboundError` `malformed` for anything else. */
export function readJsonObject(body: Uint8Array): JsonObject {
  const document = readJson(body);
  if (!isJsonObject(document)) throw new InboundError("malformed", "body-not-an-object");
  return document;
}

/** The JSON object or list in a body, for a sender that sends one event as an object and several as a list. */
export function readJsonObjectOrList(body: Uint8Array): JsonObject | readonly unknown[] {
  const document = readJson(body);
  if (isJsonObject(document)) return document;
  if (Array.isArray(document) && document.length > 0) return document;
  throw new InboundError("malformed", "body-not-an-object");
}

function readJson(body: Uint8Array): unknown {
  const text = decode(body);
  if (isDeeperThan(maximumDepth, text)) throw new InboundError("malformed", "body-too-deep");
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, so it is not kept as a cause.
    throw new InboundError("malformed", "body-not-json");
  }
}

/**
 * The nested object in a form post: `a[b][c]=1` is `{ a: { b: { c: "1" } } }`, names percent-encoded or not. Of a name
 * that comes twice the last value stays; names that are not written that way are skipped.
 */
export function readFormObject(body: Uint8Array): JsonObject {
  const document: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(decode(body))) {
    const [, head, tail = ""] = /^([^[\]]+)((?:\[[^[\]]+\])*)$/.exec(name) ?? [];
    if (head === undefined) continue;
    const keys = [head, ...Array.from(tail.matchAll(/\[([^[\]]+)\]/g), ([, key = ""]) => key)];
    if (keys.length > maximumDepth || keys.includes("__proto__")) continue;
    write(document, keys, value);
  }
  return document;
}

function write(document: Record<string, unknown>, keys: readonly string[], value: string): void {
  let place = document;
  for (const [index, key] of keys.entries()) {
    if (index === keys.length - 1) {
      place[key] = value;
    } else {
      const inner = Object.hasOwn(place, key) ? place[key] : undefined;
      place = (isJsonObject(inner) ? inner : (place[key] = {})) as Record<string, unknown>;
    }
  }
}

/** Identifies a piece of JSON by what it says: SHA-256 in hex, the same for any order of keys. */
export function hashOfJson(value: unknown): string {
  const canonical = JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return hash("sha256", canonical, "hex");
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A sender's own id as text: senders write the same one as a number or as a string. `undefined` for what is no id, and for one that
 * holds characters that cannot be seen. These are not removed, since the sender's API is asked by the id: by another id it would
 * tell of another person, or that there is none.
 */
export function readId(value: unknown): string | undefined {
  if (Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string" || value.length > 256 || !value.isWellFormed()) return undefined;
  const id = value.trim();
  return id === "" || hasUnseen(id) ? undefined : id;
}

/** The text in a body. Throws `InboundError` `malformed` for bytes that are not UTF-8. */
export function decode(body: Uint8Array): string {
  // Half the time of a strict TextDecoder.
  if (!isUtf8(body)) throw new InboundError("malformed", "body-not-utf-8");
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
}

/** Whether JSON nests deeper than this, by its brackets outside of strings: a tenth of the time that walking the values takes. */
function isDeeperThan(depth: number, json: string): boolean {
  if (occurrences("{", json, depth) + occurrences("[", json, depth) <= depth) return false;
  let open = 0;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit === quoteMark) {
      index = json.indexOf('"', index + 1);
      while (index !== -1 && isEscaped(json, index)) index = json.indexOf('"', index + 1);
      // A string without an end: the parser will say so.
      if (index === -1) return false;
    } else if (unit === openList || unit === openObject) {
      open += 1;
      if (open > depth) return true;
    } else if (unit === closeList || unit === closeObject) {
      open -= 1;
    }
  }
  return false;
}

/** How often a character occurs, counted until it is more than `most`. */
function occurrences(character: string, text: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1 && count <= most; at = text.indexOf(character, at + 1)) {
    count += 1;
  }
  return count;
}

function isEscaped(json: string, index: number): boolean {
  let before = index - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (index - before) % 2 === 0;
}
