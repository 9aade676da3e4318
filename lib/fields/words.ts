/** Of a label or a state, what tells it from others: letters and digits, in lower case. */
export function bare(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** A word of the company's own in the words that the source knows, where the configuration (`words`) translates it. */
export function translatedWord(word: unknown, words: Readonly<Record<string, string>> = {}): unknown {
  if (typeof word !== "string") return word;
  const key = bare(word);
  const [, known = word] = Object.entries(words).find(([own]) => bare(own) === key) ?? [];
  return known;
}
