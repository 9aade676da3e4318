import { closestMatch } from "leven";

/** A longer word is not compared: no name of ours is as long, and comparing takes time by the product of both lengths. */
const maxLength = 64;

/**
 * The known word that a mistyped one most likely means: `okat` is near to `okta`, `admin` to no source. At most one character too
 * many, too few or replaced for each three characters, and at most two in a short word, since two neighbours that change places count
 * as two. `undefined` where no word is near, and for a word that is itself known.
 */
export function nearMiss<Word extends string>(word: string, known: readonly Word[]): Word | undefined {
  if (word.length < 2 || word.length > maxLength) return undefined;
  const maxDistance = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3));
  const nearest = closestMatch(word.toLowerCase(), [...known], { maxDistance });
  return nearest === word ? undefined : (nearest as Word | undefined);
}

/** `; did you mean okta?`, behind a sentence about what is not known; empty where nothing is near. `prefix`: `--` of an option. */
export const didYouMean = (near: string | undefined, prefix = ""): string =>
  near === undefined ? "" : `; did you mean ${prefix}${near}?`;
