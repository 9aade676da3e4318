import type { Encoding } from "#lib/contract/encodings.ts";
import { decoderOf } from "./decoder.ts";

/** Reads a file to find out whether it can be written in an encoding. */
export interface EncodingScan {
  readonly encoding: Encoding;
  add(piece: Uint8Array): void;
  /** Whether all pieces so far can be of the encoding. */
  isPossible(): boolean;
  /** The same of the whole file, at its end. */
  fits(): boolean;
}

/** ASCII, and the Japanese half-width letters: single bytes 0xA1 to 0xDF of Shift_JIS, which are the capitals of Western Europe. */
const onlySingleBytes = /^[\p{ASCII}\uFF61-\uFF9F]*$/u;

/** An encoding with characters of several bytes: possible where all bytes are valid and at least one such character is there. */
export function eastAsianScan(encoding: Encoding): EncodingScan {
  const decoder = decoderOf(encoding);
  let isValid = true;
  let hasLongCharacters = false;
  const valid = (decode: () => void): void => {
    try {
      if (isValid) decode();
    } catch {
      isValid = false;
    }
  };
  return {
    encoding,
    add(piece) {
      valid(() => {
        const text = decoder.decode(piece);
        hasLongCharacters ||= !onlySingleBytes.test(text);
      });
    },
    isPossible: () => isValid,
    fits() {
      valid(() => decoder.end());
      return isValid && hasLongCharacters;
    },
  };
}

/**
 * Letters and punctuation of names and addresses in Western Europe, in windows-1252. Left out are the letters that are others in the
 * encodings of Central Europe (ý, š, ž, ³ for ł, ¹ for ą) and of Turkey (ð, þ, ý for ğ, ş, ı), since such a file is as valid, and
 * the signs that the first bytes of East Asian characters would be (‚ and ƒ of kana, ¤ to ¨ of Big5).
 */
const westernCharacters =
  "€„…Œ‘’“”–—œ\u00A0¡§ª«°´·º»¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûü";

/** More of them never follow each other in these languages; in a word of Cyrillic or Greek letters they do. */
const longestRun = 2;

/** Text of Western Europe in windows-1252. Nearly every byte is valid there, so it is known by its letters. */
export function westernScan(): EncodingScan {
  const decoder = decoderOf("windows-1252");
  const isWestern = new Set(westernCharacters);
  let isPlausible = true;
  let run = 0;
  return {
    encoding: "windows-1252",
    add(piece) {
      if (!isPlausible) return;
      let text: string;
      try {
        text = decoder.decode(piece);
      } catch {
        isPlausible = false;
        return;
      }
      for (let at = 0; at < text.length && isPlausible; at += 1) {
        run = text.charCodeAt(at) < 0x80 ? 0 : run + 1;
        isPlausible = run === 0 || (run <= longestRun && isWestern.has(text.charAt(at)));
      }
    },
    isPossible: () => isPlausible,
    fits: () => isPlausible,
  };
}
