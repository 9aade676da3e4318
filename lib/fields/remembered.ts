import type { Read } from "./read.ts";

/** In UTF-16 units: longer values are no words that repeat. */
const maxLength = 256;

/**
 * A pure function of a value and its path that remembers what it made of the first different texts: columns of words, e.g. of a gender, a
 * department or a country, have few.
 *
 * @param most how many are kept, from the first row on.
 */
export function remembered<Made>(make: (read: Read) => Made, most = 256): (read: Read) => Made {
  const known = new Map<string, { readonly path: string; readonly made: Made }>();
  return (read) => {
    const { value, path } = read;
    if (typeof value !== "string") return make(read);
    const before = known.get(value);
    if (before !== undefined && before.path === path) return before.made;
    const made = make(read);
    if (known.size < most && value.length <= maxLength) known.set(value, { path, made });
    return made;
  };
}
