import { plainCharacters } from "./clean-text.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 base32 in the form every decoder agrees on: upper case, without padding. */
export function encodeBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let buffer = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(buffer >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + alphabet[(buffer << (5 - bits)) & 31] : text;
}

/**
 * Reads base32 as people and programs write it: any case, with spaces, dashes, padding, full-width letters and invisible
 * characters, in time that grows as the text does. `undefined` for any other
 * character (0, 1 and 8 are never taken for letters) and for a length that no whole number of bytes has.
 *
 * `hasStrayBits` says that the last character held more than the last byte needs. Decoders disagree about such a text, so
 * what is sent on is `encodeBase32` of the bytes.
 */
export function decodeBase32(written: string): { bytes: Uint8Array; hasStrayBits: boolean } | undefined {
  const text = withoutPadding(plainCharacters(written).replaceAll(/[\s-]/g, ""));
  // Checked before the text is put in upper case, which makes an S of ſ.
  if (!/^[A-Za-z2-7]*$/.test(text) || [1, 3, 6].includes(text.length % 8)) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let buffer = 0;
  let length = 0;
  for (const character of text.toUpperCase()) {
    buffer = ((buffer << 5) | alphabet.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length] = buffer >> bits;
      length += 1;
    }
  }
  return { bytes, hasStrayBits: (buffer & ((1 << bits) - 1)) !== 0 };
}

/** An expression for `=` at the end would try each run of them in the text. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (text[end - 1] === "=") end -= 1;
  return text.slice(0, end);
}
