// Which kinds of characters a text has, found in one pass over it. Most values of files consist of a few of them, and each kind excludes
// most of what can be wrong with a value: to look for each of these things in every value took two thirds of the time of an import.

/** Kinds of characters, as bits. */
export const kinds = {
  /** A to Z and a to z. */
  letter: 1,
  digit: 2,
  /** A character of the block CJK Unified Ideographs. */
  han: 4,
  /** A Latin letter with an accent that is one character, and in no text whose encoding was mistaken: é, ł, not Š. */
  accented: 8,
  space: 16,
  at: 32,
  /** A full stop or a comma. */
  point: 64,
  hyphen: 128,
  plus: 256,
  colon: 512,
  apostrophe: 1024,
  question: 2048,
  /** Any other printable character of ASCII. */
  sign: 4096,
  /** Punctuation of Chinese text: 、。《》（）：， */
  wide: 8192,
  /** A Chinese character of which a text of lost characters consists: 斤烫屯. */
  lost: 16_384,
  /** Anything else: what cannot be seen, other scripts, signs. */
  other: 32_768,
} as const;

/** Printable ASCII. */
const ascii =
  kinds.letter |
  kinds.digit |
  kinds.space |
  kinds.at |
  kinds.point |
  kinds.hyphen |
  kinds.plus |
  kinds.colon |
  kinds.apostrophe |
  kinds.question |
  kinds.sign;
/** Printable ASCII and Chinese characters: nothing of it is invisible, and every normalization form leaves it as it is. */
const plain = ascii | kinds.han | kinds.lost;
/** Characters of which none is invisible, and which the form NFC leaves as they are. */
const composed = plain | kinds.accented | kinds.wide;

/** The kinds of characters that a text has, together. */
export function kindsOf(text: string): number {
  const table = (kindOf ??= kindOfEach());
  let found = 0;
  for (let at = 0; at < text.length; at += 1) found |= table[text.charCodeAt(at)] as number;
  return found;
}

/** Whether a text of these kinds is printable ASCII. */
export const isAscii = (found: number): boolean => (found & ~ascii) === 0;
/** Whether every normalization form leaves a text of these kinds as it is, and nothing of it is invisible. */
export const isPlain = (found: number): boolean => (found & ~plain) === 0;
/** Whether the form NFC leaves a text of these kinds as it is, and nothing of it is invisible. */
export const isComposed = (found: number): boolean => (found & ~composed) === 0;

let kindOf: Uint16Array | undefined;

/** For each UTF-16 unit its kind: made at the first text, in some 20 microseconds. */
function kindOfEach(): Uint16Array {
  const table = new Uint16Array(0x1_0000).fill(kinds.other);
  table.fill(kinds.sign, 0x20, 0x7f);
  table.fill(kinds.digit, 0x30, 0x3a);
  table.fill(kinds.letter, 0x41, 0x5b);
  table.fill(kinds.letter, 0x61, 0x7b);
  table.fill(kinds.han, 0x4e00, 0xa000);
  table.fill(kinds.accented, 0xc0, 0x180);
  for (const [characters, kind] of few) {
    for (const character of characters) table[character.charCodeAt(0)] = kind;
  }
  for (const [first, last] of wide) table.fill(kinds.wide, first, last + 1);
  return table;
}

const few: readonly (readonly [characters: string, kind: number])[] = [
  [" ", kinds.space],
  ["@", kinds.at],
  [".,", kinds.point],
  ["-", kinds.hyphen],
  ["+", kinds.plus],
  [":", kinds.colon],
  ["'", kinds.apostrophe],
  ["?", kinds.question],
  ["斤烫屯", kinds.lost],
  // Signs, ligatures, and letters that windows-1252 has where UTF-8 has the later bytes of a character.
  ["×÷ĲĳĿŀŉſŠŒŽšœžŸ", kinds.other],
];

/** Full-width letters and digits are not among them: identifiers are written with the usual ones. The question mark ？ is what a conversion writes. */
const wide: readonly (readonly [first: number, last: number])[] = [
  [0x3001, 0x3002],
  [0x3008, 0x3011],
  [0xff08, 0xff09],
  [0xff0c, 0xff0c],
  [0xff1a, 0xff1b],
];
