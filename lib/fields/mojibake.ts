import { isAscii, kinds, kindsOf } from "./characters.ts";

// Text that was read in another encoding than it was written in. Each sign below is one that text in no language has.

/** The characters that windows-1252 has for the bytes 0x80 to 0x9f, beside the control characters that ISO-8859-1 has. */
const lettersOf1252 = "ŠŒŽšœžŸƒ";
const quotesOf1252 = "‘’“”•–—…™";
const signsOf1252 = "€‚„†‡ˆ‰‹˜›";
/** What the second and later bytes of a character in UTF-8 become. */
const later = String.raw`[\u0080-\u00bf${lettersOf1252}${quotesOf1252}${signsOf1252}]`;
/** Those of them that also stand behind an accented letter in real text: quotation marks, dashes, a space that does not break. */
const punctuation = String.raw`[\u00a0\u00aa\u00ab\u00ae\u00b7\u00ba\u00bb${quotesOf1252}]`;
const letter = `[${lettersOf1252}]`;

const utf8AsLatin1 = new RegExp(
  [
    // ü → Ã¼, NBSP → Â
    `[ÂÃ]${later}`,
    // ł → Å‚, ž → Å¾
    String.raw`[ÄÅ](?![\u00a0\u00bb‘’“”–—])${later}`,
    // и → Ð¸; not the Í and Š of a Czech name in capital letters.
    String.raw`[\u00c6-\u00df](?!${punctuation}|${letter})${later}`,
    // 张 → å¼ , 林 → æž—; not a word that ends in á, before a quotation mark
    `[ä-é](?!${punctuation}{2}|${letter}{2})${later}{2}`,
    `[à-ãê-ï](?![${quotesOf1252}${lettersOf1252}\u00a0\u00ab\u00bb]{2})(?!${letter})${later}{2}`,
    // 😀 → ðŸ˜€
    `[ð-ô]${later}{3}`,
  ].join("|"),
  "u",
);
/** 张三 of GBK → ÕÅÈý: no name has four such letters in a row. */
const gbkAsLatin1 = /[\u00b0-\u00f7][\u00a1-\u00fe]{3}/;
/** ü of Latin-1 or UTF-8 read as GBK takes letters along or becomes 眉: one Chinese character inside of a word in Latin letters. */
const latinAsGbk = /\p{Script=Latin}\p{Script=Han}\p{Ll}/u;
/** U+FFFD read as GBK: 锟斤拷; memory that was never written, as C++ programs in Chinese show it. */
const lostAsGbk = /锟斤|斤拷|烫烫烫|屯屯屯/;

/** Whether characters were lost when the text was converted: the replacement character, or what it becomes. */
export function hasLostCharacters(text: string): boolean {
  if (isAscii(kindsOf(text))) return false;
  return text.includes("\ufffd") || text.includes("ï¿½") || lostAsGbk.test(text) || !text.isWellFormed();
}

/**
 * Whether a text was read in another encoding than it was written in: UTF-8 as Latin-1, windows-1252 or GBK, GBK as Latin-1.
 *
 * @param isShort a name or an identifier, which has none of the signs and quotations that running text may have.
 */
export function isMojibake(text: string, isShort: boolean): boolean {
  if (isAscii(kindsOf(text))) return false;
  if (utf8AsLatin1.test(text)) return true;
  return isShort && (gbkAsLatin1.test(text) || latinAsGbk.test(text) || isUtf8AsGbk(text));
}

/**
 * Whether a short text may be one of the three that `isMojibake` finds in these only, by the kinds of its characters; those of a text with
 * the signs that the others are found by are not asked for.
 */
export function mayBeShortMojibake(text: string, found: number): boolean {
  const isLatin = (found & (kinds.letter | kinds.accented)) !== 0;
  if ((found & kinds.accented) !== 0 && gbkAsLatin1.test(text)) return true;
  return (found & kinds.han) !== 0 && (isLatin || (found & kinds.wide) !== 0 || hasRareCharacter(text));
}

/** The block CJK Unified Ideographs. */
const block = { first: 0x4e00, end: 0xa000 } as const;
let everyday: Uint8Array | undefined;

/** Whether a Chinese character of the text is not in GB 2312. */
function hasRareCharacter(text: string): boolean {
  everyday ??= everydayCharacters();
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= block.first && unit < block.end && everyday[unit - block.first] === 0) return true;
  }
  return false;
}

/** Built at the first name with a Chinese character. Of all pairs one text is decoded, in half a millisecond: one by one they take 25. */
function everydayCharacters(): Uint8Array {
  const pairs: number[] = [];
  for (let lead = 0xb0; lead <= 0xf7; lead += 1)
    for (let trail = 0xa1; trail <= 0xfe; trail += 1) pairs.push(lead, trail);
  const table = new Uint8Array(block.end - block.first);
  for (const character of new TextDecoder("gbk").decode(new Uint8Array(pairs))) {
    const unit = character.charCodeAt(0);
    if (unit >= block.first && unit < block.end) table[unit - block.first] = 1;
  }
  return table;
}

/** Longer text is no name. */
const maxNameLength = 255;

/**
 * UTF-8 read as GBK, 张三 → 寮犱笁: the bytes in GBK are UTF-8 of characters that are in everyday use (GB 2312), while the text as it
 * stands has one that is not.
 */
function isUtf8AsGbk(text: string): boolean {
  if (text.length > maxNameLength || !/\p{Script=Han}/u.test(text)) return false;
  const bytes: number[] = [];
  let hasRare = false;
  for (const character of text) {
    if (character <= "\x7f") {
      bytes.push(character.charCodeAt(0));
      continue;
    }
    const pair = gbkPairs().get(character);
    if (pair === undefined) return false;
    hasRare ||= !isEveryday(pair);
    bytes.push(pair >> 8, pair & 0xff);
  }
  if (!hasRare) return false;
  const meant = fromUtf8(new Uint8Array(bytes));
  return (
    meant !== undefined &&
    [...meant].every((character) => character <= "\x7f" || isEveryday(gbkPairs().get(character) ?? 0)) &&
    /\p{Script=Han}/u.test(meant)
  );
}

function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether GB 2312 has the character of these two bytes. */
const isEveryday = (pair: number) => pair >= 0xb0a1 && pair <= 0xf7fe && (pair & 0xff) >= 0xa1;

let pairs: ReadonlyMap<string, number> | undefined;

/** The characters of GBK and their two bytes: built at the first name with a rare Chinese character, in some 25 milliseconds. */
function gbkPairs(): ReadonlyMap<string, number> {
  if (pairs) return pairs;
  const decoder = new TextDecoder("gbk");
  const found = new Map<string, number>();
  const bytes = new Uint8Array(2);
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      bytes.set([lead, trail]);
      const character = decoder.decode(bytes);
      if (character.length === 1 && character !== "\ufffd" && !found.has(character))
        found.set(character, (lead << 8) | trail);
    }
  }
  pairs = found;
  return found;
}
