import { isComposed, kinds, kindsOf } from "./characters.ts";
import type { ValueKind } from "./damage.ts";
import { mayBeShortMojibake } from "./mojibake.ts";

// What `mended` finds in hardly any value, excluded by the kinds of characters of a value, its first and last one, and its length. A
// property test compares the two: what passes here, `mended` leaves as it is and tells nothing of.

const { letter, digit, han, accented, space, at, point, hyphen, plus, colon, question, lost } = kinds;

/** Whether a text, not empty, has nothing that `mended` would tell or change. `false` says nothing: `mended` has to look. */
export function isUndamaged(text: string, kind: ValueKind): boolean {
  const found = kindsOf(text);
  if (!isComposed(found) || (found & (question | lost)) !== 0) return false;
  const first = text.charCodeAt(0);
  if (isDoubtfulFirst(first) || text.endsWith(" ")) return false;
  // Err:502
  if ((first | 0x20) === smallE && (found & colon) !== 0) return false;
  if (kind === "text") return isNoNull(text, found, first);
  if ((found & (han | accented)) !== 0 && mayBeShortMojibake(text, found)) return false;
  switch (kind) {
    case "status":
      return true;
    case "name":
    case "part of a name":
      return (found & (letter | han | accented)) !== 0 && isNoNull(text, found, first);
    case "phone":
      return (found & point) === 0 && isNoNullId(text, found, first);
    case "code":
      return !isWrittenByProgram(text, found, first) && isNoNull(text, found, first);
    case "identifier":
      return (
        !isWrittenByProgram(text, found, first) &&
        !mayBeDate(text, found, first) &&
        isNoNullId(text, found, first)
      );
  }
}

/** A space; the first characters of formulas, of errors of spreadsheets, of marks, and of words in brackets that say that nothing is there. */
const isDoubtfulFirst = (first: number): boolean =>
  first === 0x20 ||
  first === 0x23 ||
  first === 0x28 ||
  (first >= 0x3c && first <= 0x3d) ||
  first === 0x5b ||
  first === 0x5c;

const smallE = 0x65;
const smallN = 0x6e;
const smallT = 0x74;
const smallU = 0x75;
/** In UTF-16 units, as `undefined`. */
const longestNull = 9;

/** `null`, `none`, `nil`, `nan`, `n/a`, `undefined`; also several of them. */
function isNoNull(text: string, found: number, first: number): boolean {
  if ((found & (digit | han | accented)) !== 0) return true;
  const small = first | 0x20;
  return (small !== smallN && small !== smallU) || (text.length > longestNull && (found & space) === 0);
}

/** The same, `unknown`, `tbd`, Chinese words for it, and signs alone; `null@example.com`. */
function isNoNullId(text: string, found: number, first: number): boolean {
  if ((found & at) !== 0 && (text[4] === "@" || text[longestNull] === "@")) return false;
  if ((found & digit) !== 0) return true;
  if ((found & (letter | han | accented)) === 0) return false;
  if (text.length > longestNull) return true;
  const small = first | 0x20;
  return (found & han) === 0 && small !== smallN && small !== smallU && small !== smallT;
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** A number with an exponent or a fraction, or one that ends in zeros where there were digits. */
function isWrittenByProgram(text: string, found: number, first: number): boolean {
  if (text.length >= 18 && text.endsWith("0")) return true;
  const isNumeric = isDigit(first) || first === 0x2b || first === 0x2d;
  return isNumeric && (found & (point | plus)) !== 0 && (found & at) === 0;
}

/** `3-Mar`, `Mar-01`, `3月1日`. */
const mayBeDate = (text: string, found: number, first: number): boolean =>
  text.length <= 6 && (found & (hyphen | han)) !== 0 && (isDigit(first) || text[3] === "-");
