import { refuseUnsafePath } from "./json-place.ts";
import type { TemplatePart } from "./hmac-template.ts";

// What can be said of a proof by HMAC, and what is refused when it is said.

type HmacAlgorithm = "sha1" | "sha256" | "sha512";

/** `whsec` is base64 behind an optional `whsec_`; both base64 alphabets are taken, with and without padding. */
export type KeyEncoding = "utf8" | "base64" | "hex" | "whsec";

export type SignatureEncoding = "hex" | "base64" | "base64url";

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
 * Where the signature is and how it is written.
 *
 * - bare: `{ header: "x-signature", encoding: "hex" }`
 * - behind a prefix, `sha256=…`: `{ …, prefix: "sha256=" }`
 * - in a list, `v1,… v1,…`: `{ …, separator: " ", prefix: "v1," }`; items without the prefix are other schemes, and skipped
 * - in pairs, `t=…,v1=…,v1=…`: `{ …, pair: "v1" }`
 * - in the JSON body: `{ json: "signature", … }`; what is handed on is the body without it, written again
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
   * `{sha256:body}` (hex), e.g. `{id}.{timestamp}.{body}`. Each is replaced with the text as it came, byte for byte.
   */
  readonly signed: string;
  readonly signature: SignaturePlace;
  /** The time of sending; it has to be part of what is signed. */
  readonly timestamp?: TimestampPlace;
  /** The sender's id of the delivery; it has to be part of what is signed, as `{id}`. */
  readonly deliveryId?: InHeader;
}

/** Milliseconds, from seconds; without a tolerance any time is taken. */
export function compileTolerance(setting: TimestampPlace["toleranceSeconds"]): {
  past: number;
  future: number;
} {
  const { past, future } = typeof setting === "object" ? setting : { past: setting, future: setting };
  for (const seconds of [past, future]) {
    if (seconds !== undefined && !(Number.isFinite(seconds) && seconds >= 0)) {
      throw new TypeError("hmac: toleranceSeconds must be 0 or more; leave it out to take any time");
    }
  }
  return { past: (past ?? Infinity) * 1000, future: (future ?? Infinity) * 1000 };
}

/** How a signature is written, for an operator to read: `hex behind sha256=`. */
export function formOf({ encoding, prefix, separator, pair }: SignaturePlace): string {
  if (pair !== undefined) return `${encoding} behind ${pair}=, in pairs with commas`;
  const one = prefix === undefined ? encoding : `${encoding} behind ${prefix}`;
  return separator === undefined ? one : `a list of ${one}`;
}

/** The names as a list. Throws a `TypeError` for none, and for one that no header has. */
export function headerNames(names: string | readonly string[], setting: string): readonly string[] {
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

/** What the types cannot say about settings. */
export function refuseWrongSettings<Secret>(
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
        "hmac: timestamp is not part of what is signed, so that a forger may change it; add {timestamp} to `signed` or leave it out",
      );
    }
    if ("json" in timestamp) refuseUnsafePath(timestamp.json);
    if ("pair" in timestamp && (signature.pair === undefined || signature.pair === timestamp.pair)) {
      throw new TypeError(
        "hmac: timestamp.pair is beside the signature's pair; set signature.pair to another name",
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
