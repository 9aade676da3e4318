import * as fc from "../properties.ts";

// Texts that make an expression backtrack, derived from the expression: a beginning that it matches, a piece over and over, and an end that
// it does not match.

/** One of each kind of character that expressions tell apart. */
const alphabet = [..."aZ0 \t\n-_./+=@:;,|([{<\"'\\%#*é中０：\u0301\u200b😀\u0000"];
/** So many characters of the expression itself are tried as ends. */
const fewEnds = 8;
const samples = 3;
const longestMatch = 40;
const longestPiece = 4;

/** Texts of about `length` UTF-16 units, the same ones every time. */
export function* hostileTexts(expression: RegExp, length: number): Generator<string> {
  const matches = matchesOf(expression);
  const beginnings = new Set(["", ...matches, ...matches.map((match) => match.slice(0, match.length / 2))]);
  const units = new Set([...alphabet, ...expression.source, ...matches.flatMap(piecesOf)]);
  const ends = [
    "",
    "\u0000",
    "x\n",
    ...[...new Set(expression.source.match(/[^\\()[\]{}?*+^$|]/gu))].slice(0, fewEnds),
  ];
  for (const unit of units) {
    const repeated = unit.repeat(Math.ceil(length / unit.length));
    for (const beginning of beginnings) for (const end of ends) yield beginning + repeated + end;
  }
}

const piecesOf = (match: string): string[] =>
  [0, 1, match.length >> 1].flatMap((from) =>
    [1, 2, longestPiece, longestMatch]
      .map((size) => match.slice(from, from + size))
      .filter((piece) => piece !== ""),
  );

function matchesOf({ source, flags }: RegExp): string[] {
  // For these fast-check looks without an end.
  if (/\\p\{/i.test(source)) return [];
  try {
    const written = fc.stringMatching(new RegExp(source, flags.replaceAll(/[gyi]/g, "")), { size: "xsmall" });
    return fc.sample(written, { numRuns: samples, seed: 1 }).map((text) => text.slice(0, longestMatch));
  } catch {
    // fast-check writes no texts for look-behind and a few other parts.
    return [];
  }
}
