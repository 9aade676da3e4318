/** The known word that differs least from a typed one, by two letters at most; `undefined` where none is that near. */
export function nearMiss(typed: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((word) => ({ word, distance: distanceOf(typed, word) }))
    .filter(({ word, distance }) => distance <= Math.min(2, Math.floor(word.length / 2)))
    .toSorted((one, other) => one.distance - other.distance);
  return nearest?.word;
}

/** How many letters have to be changed, added or removed to make one word of the other (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 0; column < other.length; column += 1) {
      const change = (row[column] ?? 0) + (letter === other[column] ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
