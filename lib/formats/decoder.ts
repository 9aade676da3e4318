import type { Encoding } from "#lib/contract/encodings.ts";

/** A file may begin with it, in any encoding of Unicode. Anywhere else it is an ordinary character. */
export const byteOrderMark = "\uFEFF";

/** Decodes pieces of any size; a byte order mark stays in the text. Both methods throw for bytes that the encoding does not have. */
export interface Decoder {
  decode(piece: Uint8Array): string;
  /** The end of the text: throws when it ends within a character. */
  end(): void;
}

/** A strict decoder for one text. */
export function decoderOf(encoding: Encoding): Decoder {
  if (encoding === "windows-1252") return { decode: (piece) => decodeWindows1252(piece), end() {} };
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return {
    decode(piece) {
      const text = decoder.decode(piece, { stream: true });
      if (isForeign(text, encoding)) throw new TypeError("no character of this encoding");
      return text;
    },
    end() {
      decoder.decode();
    },
  };
}

/**
 * Whether a decoded text has a character that its encoding does not have. Node decodes by ICU, which gives a character for bytes of these
 * encodings that the Encoding Standard refuses, or reads as another: control characters for half a Korean syllable beyond KS X 1001,
 * and the private use area for the extensions of Big5.
 */
export function isForeign(text: string, encoding: Encoding): boolean {
  return extendedByIcu.has(encoding) && /[\u0080-\u009F\uE000-\uF8FF]/.test(text);
}

const extendedByIcu: ReadonlySet<Encoding> = new Set(["big5", "shift_jis", "euc-kr", "euc-jp"]);

/** Bytes 0x80 to 0x9F (https://encoding.spec.whatwg.org/index-windows-1252.txt); a space where Windows has no character. */
const windows1252Block = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/**
 * Not by TextDecoder: without `stream`, that of Node 24.21 reads these 32 bytes as the control characters of ISO-8859-1.
 *
 * @param replacement for a byte that is no character. Without it, such a byte throws.
 */
export function decodeWindows1252(bytes: Uint8Array, replacement?: string): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return text.replaceAll(/[\u0080-\u009F]/g, (control) => {
    const character = windows1252Block.charAt(control.charCodeAt(0) - 0x80);
    if (character !== " ") return character;
    if (replacement === undefined) throw new TypeError("no character of this encoding");
    return replacement;
  });
}
