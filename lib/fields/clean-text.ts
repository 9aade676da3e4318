import { isComposed, isPlain, kindsOf } from "./characters.ts";

// The one place where text of people and programs loses what cannot be seen. docs/decisions/2026-11-26-clean-text-in-one-place.md
//
// Invisible characters come along when text is copied out of chats, web pages, address books and documents: zero-width spaces,
// soft hyphens, byte order marks, marks of writing direction. A text with one of them looks like the text without it, and is
// another text to every program.

/**
 * Characters that take no room on a screen: Unicode's Default_Ignorable_Code_Point (zero width, soft hyphen, direction marks, byte
 * order mark, variation selectors, fillers, tags), the marks of interlinear annotations, and the empty Braille pattern.
 */
const invisible = String.raw`[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]`;

/** Scripts whose letters change their form, and words their meaning, by a joiner (U+200D) or non-joiner (U+200C) between them. */
const joining =
  "Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar"
    .split(" ")
    .map((name) => String.raw`\p{Script=${name}}`)
    .join("");
// The scripts have invisible characters of their own.
const joiner = String.raw`(?<=[${joining}])(?<!${invisible})[\u200c\u200d](?!${invisible})(?=[${joining}])`;

/** Invisible characters that have a meaning where they are: these stay in names and in other text that is only shown. */
const meaningful = [
  joiner,
  // Selectors of a variant: of a Chinese character (葛󠄀城), of a Mongolian letter, of a picture.
  String.raw`(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]`,
  String.raw`(?<=\p{Script=Mongolian})[\u180b-\u180f]`,
  String.raw`(?<=\p{Extended_Pictographic})\ufe0f`,
  // Pictures that are joined to one, e.g. of a family.
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})`,
].join("|");

const anyInvisible = new RegExp(invisible, "u");
const everyInvisible = new RegExp(`${invisible}+`, "gu");
const invisibleUnlessMeaningful = onFirstUse(() => new RegExp(`(${meaningful})|${invisible}+`, "gu"));
const visible = new RegExp(String.raw`(?!${invisible})\S`, "u");
/**
 * An identifier with one of these inside is refused: a person reads its characters in another order than they are written, so that removing
 * the mark would be a guess.
 */
const reordering = /[\u202a-\u202e\u2066-\u2069]/u;
const anyJoiner = onFirstUse(() => new RegExp(joiner, "u"));
/** The signs beyond ASCII that NFC turns into ASCII: a Greek question mark and accent, and the sign of the unit kelvin. */
const becomesAscii = /[\u037e\u1fef\u212a]/;
/** No language has so many marks on one letter; Unicode's Stream-Safe Text Format (UAX #15) has the same limit. */
const tooManyMarks = /\p{M}{31}/u;
const control = /[\p{Cc}\u2028\u2029]/u;
/** Expressions over whole scripts take a millisecond to build, and no function needs them that only receives. */
function onFirstUse(make: () => RegExp): () => RegExp {
  let made: RegExp | undefined;
  return () => (made ??= make());
}

/** Whether a text has a character that can be seen. */
export function hasVisible(text: string): boolean {
  const first = text.charCodeAt(0);
  // ASCII and Chinese characters: most text begins with one of them.
  return (first > 0x20 && first < 0x7f) || (first >= 0x4e00 && first < 0xa000) || visible.test(text);
}

/**
 * Text that is shown, as a name is: without surrounding space and without invisible characters, in Unicode's form NFC (a letter and
 * its accent are one character). Characters that are invisible and have a meaning stay: joiners between letters that join,
 * selectors of a variant behind a character that has variants.
 */
export function cleanText(written: string): string {
  if (isComposed(kindsOf(written))) return written.trim();
  const shown = anyInvisible.test(written)
    ? written.replaceAll(invisibleUnlessMeaningful(), (_, kept: string | undefined) => kept ?? "")
    : written;
  return normalized(shown, "NFC").trim();
}

/** Whether a text has a character that cannot be seen: a control character, a line break, an invisible one. */
export function hasUnseen(text: string): boolean {
  return !isComposed(kindsOf(text)) && (control.test(text) || anyInvisible.test(text));
}

/** An identifier as it is compared, or why it is none: see `cleanIdentifier`. */
export type CleanIdentifier =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: "invalid" | "ambiguous" };

/**
 * Text by which a person is known: an id, a username, an e-mail address. Two spellings that look the same give the same text.
 *
 * - Removed: surrounding space, and invisible characters anywhere, since no person types them.
 * - Replaced: full-width letters, digits and signs (１００１) and spaces by the usual ones, which an input method for Chinese or Japanese
 *   writes in their place; a letter and its accent by the one character (NFC).
 * - Refused as `ambiguous`: a mark that reorders the characters on both sides of it, so that what a person reads is not what is
 *   written; a joiner or non-joiner between letters that join, where the word without it is another word; a sign that looks like
 *   an ASCII character and would become it, as the sign of the unit kelvin becomes the letter K.
 * - Refused as `invalid`: control characters and line breaks inside, halves of a surrogate pair, more than 30 accents on one letter.
 *
 * Letters of different scripts that look alike (Latin and Cyrillic а) are different letters and stay so.
 */
export function cleanIdentifier(written: string): CleanIdentifier {
  if (isPlain(kindsOf(written))) return { text: written.trim() };
  if (!written.isWellFormed()) return { problem: "invalid" };
  const inner = withoutEnds(written);
  if (control.test(inner)) return { problem: "invalid" };
  if ([reordering, anyJoiner(), becomesAscii].some((doubtful) => doubtful.test(inner)))
    return { problem: "ambiguous" };
  const text = plainCharacters(inner);
  return tooManyMarks.test(text) ? { problem: "invalid" } : { text: text.normalize("NFC").trim() };
}

/** Without invisible characters, with the usual characters in place of full-width ones, and one kind of space. */
export function plainCharacters(text: string): string {
  if (isPlain(kindsOf(text))) return text;
  return text
    .replaceAll(everyInvisible, "")
    .replaceAll(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll(/\p{Zs}/gu, " ");
}

/**
 * A secret as it was meant: every text in it, nested ones too, without surrounding space, line breaks and invisible characters. A
 * line break comes along when a secret is pasted. Line breaks inside stay: PEM keys have them.
 */
export function cleanSecret(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(everyInvisible, "").trim();
  if (Array.isArray(value)) return value.map(cleanSecret);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleanSecret(inner)]));
}

/**
 * Text in a normalization form of Unicode. Text with more than 30 marks on one letter stays as it is: the time to normalize them
 * grows with the square of their number, to minutes for the longest cell of a file.
 */
export function normalized(text: string, form: "NFC" | "NFKC"): string {
  const found = kindsOf(text);
  const isNormal = form === "NFC" ? isComposed(found) : isPlain(found);
  return isNormal || tooManyMarks.test(text) ? text : text.normalize(form);
}

/** Dashes that are written where a hyphen is meant, as U+002D: hyphens, dashes, the minus sign, and what Japanese keyboards write. */
export function plainDashes(text: string): string {
  return text.replaceAll(/[\u2010-\u2015\u2043\u2212\u2500\u30fc\ufe58\ufe63\uff0d\uff70]/g, "-");
}

/** Character by character from the end, since an expression for the end would try each run of space in the text. */
function withoutEnds(text: string): string {
  let end = text.length;
  while (end > 0) {
    const isPair = (text.charCodeAt(end - 1) & 0xfc00) === 0xdc00;
    const start = end - (isPair ? 2 : 1);
    if (visible.test(text.slice(start, end))) break;
    end = start;
  }
  return text.slice(Math.max(0, text.search(visible)), end);
}
