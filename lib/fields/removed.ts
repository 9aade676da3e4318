/** What stands in results where a password, a hash, a secret or a recovery code was: a file of rejected rows is mended and uploaded again. */
export const removedMark = "<removed>";

/** Whether a value is the mark, or a list, an object or a text that holds it; to a depth that a record of a file can have. */
export function holdsRemovedMark(value: unknown, depth = 32): boolean {
  if (typeof value === "string") return value.includes(removedMark);
  if (typeof value !== "object" || value === null || depth === 0) return false;
  return Object.values(value).some((inner) => holdsRemovedMark(inner, depth - 1));
}
