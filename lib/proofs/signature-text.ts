import type { KeyEncoding, SignatureEncoding } from "./hmac-settings.ts";

// How keys, times and signatures are written.

/** No bytes for a key that is empty or not in its encoding. */
export function decodeKey(text: string, encoding: KeyEncoding): Uint8Array {
  if (encoding === "utf8") return Buffer.from(text);
  if (encoding === "hex") return Buffer.from(/^(?:[0-9a-f]{2})*$/i.test(text) ? text : "", "hex");
  const base64 = encoding === "whsec" ? text.replace(/^whsec_/, "") : text;
  return Buffer.from(/^[A-Za-z0-9+/_-]*={0,2}$/.test(base64) ? base64 : "", "base64");
}

/** Digits only: no sign, no fraction, no exponent, no blanks. Milliseconds since 1970. */
export function readTimestamp(text: string, unit: "seconds" | "milliseconds"): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  const time = unit === "seconds" ? Number(text) * 1000 : Number(text);
  // The last instant a Date can hold.
  return time <= 8.64e15 ? time : undefined;
}

/** `t=1,v1=aa` → [["t", "1"], ["v1", "aa"]]. */
export function readPairs(text: string): [name: string, value: string][] {
  return text.split(",").map((item) => {
    const equals = item.indexOf("=");
    return equals < 0 ? [item.trim(), ""] : [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
  });
}

/** The items behind the prefix, in a list that the first separator which occurs splits. */
export function readList(text: string, separators: readonly string[], prefix: string): string[] {
  const separator = separators.find((each) => text.includes(each));
  const items = separator === undefined ? [text] : text.split(separator);
  return items.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
}

/** Base64 in a query: a `+` that was not percent-encoded arrives as a space. */
export function plusRestored(text: string): string {
  return text.replaceAll(" ", "+");
}

/** One text for each digest: comparing texts, not decoded bytes, leaves no spare bits that could differ. */
export function canonical(text: string, encoding: SignatureEncoding): string {
  return encoding === "hex" ? text.toLowerCase() : text.replace(/={1,2}$/, "");
}
