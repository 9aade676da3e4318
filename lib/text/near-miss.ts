import { closestMatch } from "leven";

const maxMisses = 3;
/** A shorter part says nothing. */
const minPart = 3;
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

/**
 * The known words that a mistyped one may mean, the nearest first, at most three: the near misses, and then words of which it is a part, or
 * which are a part of it (`google` for `google-workspace`, `azure-entra` for `entra`).
 */
export function nearMisses(word: string, known: readonly string[]): string[] {
  const found: string[] = [];
  for (let near = nearMiss(word, known); near !== undefined && found.length < maxMisses;) {
    found.push(near);
    near = nearMiss(
      word,
      known.filter((each) => !found.includes(each)),
    );
  }
  const typed = word.toLowerCase();
  const akin = known.filter(
    (each) =>
      each !== word &&
      !found.includes(each) &&
      ((typed.length >= minPart && each.includes(typed)) || (each.length >= minPart && typed.includes(each))),
  );
  return [...found, ...akin].slice(0, maxMisses);
}

/** `; did you mean okta?`, behind a sentence about what is not known; empty where nothing is near. `prefix`: `--` of an option. */
export const didYouMean = (near: string | undefined, prefix = ""): string =>
  near === undefined ? "" : `; did you mean ${prefix}${near}?`;
